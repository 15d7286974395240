// SPDX-License-Identifier: MIT
// Copyright (c) 2026 the Dakkio contributors
#pragma once

#include <Arduino.h>
#if defined(ESP8266)
#include <ESP8266WiFi.h>
#elif defined(ESP32)
#include <WiFi.h>
#else
#error "Dakkio.h supports ESP32 and ESP8266"
#endif
#include <WiFiClientSecure.h>
#include <stdlib.h>
#include <string.h>

// A connection to the server of a URL, with or without TLS.
class DakkioConnection {
public:
  DakkioConnection(const char* url, uint32_t timeoutMillis)
      : isSecure_(strncmp(url, "https://", 8) == 0), timeoutMillis_(timeoutMillis) {
    const char* scheme = strstr(url, "://");
    const char* from = scheme ? scheme + 3 : url;
    const char* to = from + strcspn(from, "/");
    for (const char* at = from; at < to; at++) authority_ += *at;
    const int colon = authority_.lastIndexOf(':');
    host_ = colon < 0 ? authority_ : authority_.substring(0, static_cast<unsigned>(colon));
    port_ = static_cast<uint16_t>(colon < 0 ? (isSecure_ ? 443 : 80) : atoi(authority_.c_str() + colon + 1));
    path_ = to;
    while (path_.endsWith("/")) path_ = path_.substring(0, path_.length() - 1);
  }

  // Host and port, as in the URL.
  const String& authority() const { return authority_; }
  const String& path() const { return path_; }

  void trustRoot(const char* pem) {
#if defined(ESP8266)
    secure_.setTrustAnchors(new BearSSL::X509List(pem));
#else
    secure_.setCACert(pem);
#endif
    hasTrust_ = true;
  }
  void trustFingerprint(const char* hex) {
#if defined(ESP8266)
    secure_.setFingerprint(hex);
#else
    secure_.setInsecure();
    fingerprint_ = hex;
#endif
    hasTrust_ = true;
  }
  void trustAnyCertificate() {
    secure_.setInsecure();
    hasTrust_ = true;
  }
  // Whether it has been said which certificate is the right one, where there is one.
  bool hasTrust() const { return hasTrust_ || !isSecure_; }

  // Connects unless it is connected. Blocks for the timeout at most, and while the name of the server is looked up.
  bool open() {
    outLength_ = 0;
    if (client().connected()) return true;
    client().stop();
    // With TLS, one half is for the connection and one for the handshake.
    const uint32_t longest = isSecure_ ? timeoutMillis_ / 2 : timeoutMillis_;
#if defined(ESP8266)
    client().setTimeout(longest);
    return client().connect(host_.c_str(), port_) == 1;
#else
    const int32_t millis = static_cast<int32_t>(longest);
    if (!isSecure_) return plain_.connect(host_.c_str(), port_, millis) == 1;
    secure_.setHandshakeTimeout(longest < 1000 ? 1 : longest / 1000);
    if (secure_.connect(host_.c_str(), port_, millis) != 1) return false;
    if (fingerprint_ == nullptr || secure_.verify(fingerprint_, host_.c_str())) return true;
    secure_.stop();
    return false;
#endif
  }
  bool isOpen() { return client().connected(); }
  void close() { client().stop(); }

  // Bytes are sent in pieces. Returns whether that went well.
  bool put(const char* text) {
    bool isSent = true;
    for (; *text != '\0' && isSent; text++) isSent = put(static_cast<uint8_t>(*text));
    return isSent;
  }
  bool put(uint8_t byte) {
    out_[outLength_++] = byte;
    return outLength_ < sizeof out_ || putOut();
  }
  bool putOut() {
    const size_t length = outLength_;
    outLength_ = 0;
    return length == 0 || client().write(out_, length) == length;
  }

  // Reads what has come in, at most so much, without waiting. Returns how much it was.
  size_t read(uint8_t* bytes, size_t longest) {
    const int available = client().available();
    if (available <= 0) return 0;
    const int count = client().read(bytes, static_cast<size_t>(available) < longest ? static_cast<size_t>(available) : longest);
    return count < 0 ? 0 : static_cast<size_t>(count);
  }

private:
  WiFiClient& client() { return isSecure_ ? static_cast<WiFiClient&>(secure_) : plain_; }

  const bool isSecure_;
  bool hasTrust_ = false;
  const uint32_t timeoutMillis_;
  String authority_, host_, path_;
  uint16_t port_;
#if defined(ESP32)
  const char* fingerprint_ = nullptr;
#endif
  WiFiClient plain_;
  WiFiClientSecure secure_;
  uint8_t out_[256];
  size_t outLength_ = 0;
};
