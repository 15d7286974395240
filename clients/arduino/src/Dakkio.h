// SPDX-License-Identifier: MIT
// Copyright (c) 2026 the Dakkio contributors
//
// Sends points to Dakkio from ESP32 and ESP8266. Points wait in a buffer in RAM until the server has stored them.
// For one thread: call it from loop(), not from interrupts.
#pragma once

#include <Arduino.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "dakkio/Buffer.h"
#include "dakkio/Connection.h"
#include "dakkio/Point.h"
#include "dakkio/Response.h"

struct DakkioOptions {
  const char* bucket = "";  // name or id; empty: the bucket of the key
  const char* ntpServer = "pool.ntp.org";
  size_t bufferBytes = 8192;           // allocated at the first write
  uint16_t batchPoints = 50;           // a request has at most so many points
  size_t batchBytes = 2048;            // and so many bytes, unless one point is larger
  uint32_t gatherMillis = 1000;        // pause after a request, in which points gather
  uint32_t timeoutMillis = 10000;      // for connecting, and again for the response
  uint32_t longestWaitMillis = 60000;  // between two attempts, unless the server asks for more
};

// Sends points to one server. Strings that are passed as const char* are not copied, except for the URL and the key.
class Dakkio {
public:
  // The URL begins with http:// or https://, and may have a port and a path.
  Dakkio(const char* url, const char* key, const DakkioOptions& options = DakkioOptions())
      : options_(options), connection_(url, options.timeoutMillis), key_(key) {
    if (options.batchPoints > 0) batchLimit_ = options.batchPoints;
    key_.trim();
    path_ = connection_.path() + "/api/v2/write?precision=ms";
    if (*options.bucket != '\0') path_ += "&bucket=";
    for (const char* at = options.bucket; *at != '\0'; at++) {
      char encoded[4];
      snprintf(encoded, sizeof encoded, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(*at)));
      path_ += encoded;
    }
  }
  Dakkio(const Dakkio&) = delete;
  Dakkio& operator=(const Dakkio&) = delete;

  // Joins a Wi-Fi network and asks for the time. Waits for neither.
  void begin(const char* network, const char* password) {
    WiFi.mode(WIFI_STA);
    WiFi.begin(network, password);
    begin();
  }
  // The same for programs that join the network themselves.
  void begin() { configTime(0, 0, options_.ntpServer); }

  // An https:// URL needs one of the next three. The root certificate is a text in PEM.
  void trustRoot(const char* pem) { connection_.trustRoot(pem); }
  // The fingerprint of the server's own certificate: SHA-1 on ESP8266, SHA-256 on ESP32.
  void trustFingerprint(const char* hex) { connection_.trustFingerprint(hex); }
  // Encrypts, but an attacker in between can read the key.
  void trustAnyCertificate() { connection_.trustAnyCertificate(); }

  // Puts a point with the current time into the buffer. When the buffer is full, the oldest points are dropped.
  // Returns false for a point without fields, or larger than the buffer.
  bool write(const DakkioPoint& point) {
    if (!point.hasFields()) return false;
    const String line = point.line();
    const size_t length = line.length();
    if (!(buffer_.isAllocated() || buffer_.allocate(options_.bufferBytes)) || !buffer_.fits(length)) {
      dropped_++;
      return false;
    }
    while (!buffer_.hasRoom(length)) dropOldest();
    const bool isUptime = !isClockSet();
    const uint64_t time = isUptime ? uptime() : clock();
    buffer_.push({time, static_cast<uint16_t>(length), isUptime}, line.c_str());
    return true;
  }

  // Sends what is due, and reads what has come in. Call it often. It blocks only while it connects: for timeoutMillis
  // at most, and for as long as the board takes to look up the name of the server.
  void loop() {
    const uint64_t now = uptime();
    if (isWaiting_) {
      read();
    } else if (buffer_.count() > 0 && WiFi.status() == WL_CONNECTED && isClockSet() && now >= retryAt_ &&
               (now >= gatherUntil_ || buffer_.count() >= options_.batchPoints)) {
      send();
    }
  }

  // Calls loop() until all points are stored, for so long at most. For boards that sleep between their points.
  bool flush(uint32_t millis) {
    const uint64_t until = uptime() + millis;
    while (buffer_.count() > 0 && uptime() < until) {
      gatherUntil_ = 0;
      loop();
      delay(1);
    }
    return buffer_.count() == 0;
  }

  // Points that are not stored yet, that are stored, that the server refused, and that the full buffer dropped.
  size_t pending() const { return buffer_.count(); }
  uint32_t stored() const { return stored_; }
  uint32_t refused() const { return refused_; }
  uint32_t dropped() const { return dropped_; }
  // Why the last request failed; empty after one that succeeded. Never has the key in it.
  const char* lastError() const { return error_; }
  // The status of the last response; 0 where none came.
  int lastStatus() const { return status_; }

private:
  static const uint64_t CLOCK_IS_SET = 1700000000000ULL;
  static const uint32_t FIRST_WAIT_MILLIS = 1000;
  static const uint32_t LONGEST_ASKED_MILLIS = 3600000;

  static uint64_t clock() {
    struct timeval now;
    gettimeofday(&now, nullptr);
    return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_usec / 1000);
  }
  static bool isClockSet() { return clock() > CLOCK_IS_SET; }
  // millis() begins again after 49 days.
  uint64_t uptime() {
    const uint32_t now = static_cast<uint32_t>(millis());
    if (now < lastMillis_) overflows_++;
    lastMillis_ = now;
    return (static_cast<uint64_t>(overflows_) << 32) + now;
  }

  void dropOldest() {
    buffer_.pop();
    if (sending_ == 0) {
      dropped_++;
      return;
    }
    sending_--;
    droppedWhileSending_++;
  }

  void send() {
    response_ = DakkioResponse();
    if (!connection_.hasTrust()) return fail("https needs trustRoot, trustFingerprint or trustAnyCertificate");
    if (!connection_.open()) return fail("Cannot connect");
    size_t bytes = 0;
    char end[24];
    for (size_t at = 0; sending_ < buffer_.count() && sending_ < batchLimit_; at = buffer_.nextOf(at)) {
      const DakkioBuffer::Head head = timed(at);
      const size_t size = head.length + formatEnd(end, head.time);
      if (sending_ > 0 && bytes + size > options_.batchBytes) break;
      bytes += size;
      sending_++;
    }
    startedAt_ = uptime();
    if (!writeRequest(bytes)) return fail("Cannot send");
    isWaiting_ = true;
  }

  // Gives a point that was written before the clock was set its time. It keeps it, so that it is stored once.
  DakkioBuffer::Head timed(size_t at) {
    DakkioBuffer::Head head = buffer_.headAt(at);
    if (head.isUptime) {
      head.time = clock() - (uptime() - head.time);
      head.isUptime = false;
      buffer_.setHeadAt(at, head);
    }
    return head;
  }
  // What follows a line.
  static size_t formatEnd(char (&text)[24], uint64_t time) {
    return static_cast<size_t>(snprintf(text, sizeof text, " %llu\n", static_cast<unsigned long long>(time)));
  }

  bool writeRequest(size_t bytes) {
    char length[48];
    snprintf(length, sizeof length, "\r\nContent-Length: %lu\r\n\r\n", static_cast<unsigned long>(bytes));
    bool isSent = connection_.put("POST ") && connection_.put(path_.c_str()) && connection_.put(" HTTP/1.1\r\nHost: ") &&
                  connection_.put(connection_.authority().c_str()) && connection_.put("\r\nX-API-Key: ") &&
                  connection_.put(key_.c_str()) && connection_.put("\r\nContent-Type: text/plain; charset=utf-8") &&
                  connection_.put(length);
    size_t at = 0;
    for (size_t i = 0; i < sending_ && isSent; i++) {
      const DakkioBuffer::Head line = buffer_.headAt(at);
      for (size_t j = 0; j < line.length && isSent; j++) isSent = connection_.put(buffer_.byteAt(at + sizeof line + j));
      char end[24];
      formatEnd(end, line.time);
      isSent = isSent && connection_.put(end);
      at = buffer_.nextOf(at);
    }
    return isSent && connection_.putOut();
  }

  void read() {
    // One piece a call, so that a server that never stops cannot hold loop().
    uint8_t bytes[256];
    const size_t count = connection_.read(bytes, sizeof bytes);
    for (size_t i = 0; i < count; i++) {
      if (response_.take(static_cast<char>(bytes[i]))) return finish();
    }
    if (count == 0 && !connection_.isOpen()) return response_.hasHeaders() ? finish() : fail("The connection was closed");
    if (uptime() - startedAt_ > options_.timeoutMillis) fail("No response in time");
  }

  // The whole response is there.
  void finish() {
    isWaiting_ = false;
    status_ = response_.status;
    if (!response_.isKept || status_ != 204) connection_.close();
    const size_t sent = sending_ + droppedWhileSending_;
    if (status_ == 204) return settle(sent, 0);
    if (response_.text[0] == '\0') snprintf(response_.text, sizeof response_.text, "Status %d", status_);
    // The server has stored the valid lines, and would refuse the others again.
    if (status_ == 400) {
      const bool isPartial = response_.refused > 0 && response_.refused <= sent;
      return settle(sent, isPartial ? response_.refused : sent);
    }
    if (status_ == 413 && sent == 1) return settle(1, 1);
    if (status_ == 413) batchLimit_ = static_cast<uint16_t>((sent + 1) / 2);
    // With a valid key these points can be stored, so they stay. Trying often does not help.
    if (status_ >= 401 && status_ <= 404) wait_ = options_.longestWaitMillis;
    fail(response_.text);
  }
  void settle(size_t sent, size_t refused) {
    stored_ += static_cast<uint32_t>(sent - refused);
    refused_ += static_cast<uint32_t>(refused);
    for (; sending_ > 0; sending_--) buffer_.pop();
    droppedWhileSending_ = 0;
    keepError(refused > 0 ? response_.text : "");
    wait_ = FIRST_WAIT_MILLIS;
    gatherUntil_ = uptime() + options_.gatherMillis;
  }

  // The points stay in the buffer, and are sent again after a wait that doubles. Half of it is random, so that many
  // boards do not come back at once.
  void fail(const char* why) {
    connection_.close();
    isWaiting_ = false;
    sending_ = 0;
    dropped_ += static_cast<uint32_t>(droppedWhileSending_);
    droppedWhileSending_ = 0;
    keepError(why);
    status_ = response_.status;
    uint64_t wait = wait_ / 2 + static_cast<uint32_t>(random(static_cast<long>(wait_ / 2) + 1));
    uint64_t asked = response_.retryAfterSeconds * 1000ULL;
    if (asked > LONGEST_ASKED_MILLIS) asked = LONGEST_ASKED_MILLIS;
    if (wait < asked) wait = asked + static_cast<uint32_t>(random(1000));
    retryAt_ = uptime() + wait;
    wait_ = wait_ * 2 < options_.longestWaitMillis ? wait_ * 2 : options_.longestWaitMillis;
  }
  void keepError(const char* why) { snprintf(error_, sizeof error_, "%s", why); }

  const DakkioOptions options_;
  DakkioConnection connection_;
  String key_, path_;
  DakkioBuffer buffer_;

  size_t sending_ = 0, droppedWhileSending_ = 0;
  uint16_t batchLimit_ = 1;
  uint32_t wait_ = FIRST_WAIT_MILLIS;
  uint64_t startedAt_ = 0, retryAt_ = 0, gatherUntil_ = 0;
  uint32_t lastMillis_ = 0, overflows_ = 0;

  bool isWaiting_ = false;
  DakkioResponse response_;

  uint32_t stored_ = 0, refused_ = 0, dropped_ = 0;
  int status_ = 0;
  char error_[200] = "";
};
