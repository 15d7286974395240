// SPDX-License-Identifier: MIT
// Copyright (c) 2026 the Dakkio contributors
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// A response of HTTP/1.1, read byte by byte into constant memory.
class DakkioResponse {
public:
  int status = 0;
  uint32_t retryAfterSeconds = 0;
  // The number after the last "dropped=" of the body: how many lines the server refused.
  uint32_t refused = 0;
  // Whether the connection can be used again.
  bool isKept = true;
  // Where the headers are over, the beginning of the body.
  char text[200] = "";

  // Whether the headers are over, so that the end of the connection is the end of the body.
  bool hasHeaders() const { return part_ == Part::body; }

  // Returns whether this was the last byte.
  bool take(char byte) {
    if (part_ == Part::body) return takeBody(byte);
    if (byte != '\n') {
      if (byte != '\r') keep(byte);
      return false;
    }
    length_ = 0;
    if (part_ == Part::status) {
      const char* space = strchr(text, ' ');
      status = strncmp(text, "HTTP/1.", 7) == 0 && space ? atoi(space) : 0;
      part_ = Part::headers;
    } else if (text[0] != '\0') {
      takeHeader();
    } else {
      part_ = status >= 100 && status < 200 ? Part::status : Part::body;
    }
    text[0] = '\0';
    return part_ == Part::body && (status == 204 || (left_ == 0 && !isChunked_));
  }

private:
  enum class Part : uint8_t { status, headers, body };

  void keep(char byte) {
    if (length_ + 1 == sizeof text) return;
    text[length_++] = byte;
    text[length_] = '\0';
  }
  void takeHeader() {
    const char* value;
    if ((value = valueOf("content-length:")) != nullptr) left_ = strtoul(value, nullptr, 10);
    if ((value = valueOf("retry-after:")) != nullptr) retryAfterSeconds = static_cast<uint32_t>(strtoul(value, nullptr, 10));
    if ((value = valueOf("connection:")) != nullptr && strncasecmp(value, "close", 5) == 0) isKept = false;
    if (valueOf("transfer-encoding:") != nullptr) isChunked_ = true;
  }
  const char* valueOf(const char* name) const {
    const size_t length = strlen(name);
    if (strncasecmp(text, name, length) != 0) return nullptr;
    return text + length + strspn(text + length, " \t");
  }
  bool takeBody(char byte) {
    static const char NAME[] = "dropped=";
    const size_t nameLength = sizeof NAME - 1;
    if (matched_ == nameLength && byte >= '0' && byte <= '9') {
      refused = refused * 10 + static_cast<uint32_t>(byte - '0');
    } else if (matched_ < nameLength && byte == NAME[matched_]) {
      if (++matched_ == nameLength) refused = 0;
    } else {
      matched_ = byte == NAME[0] ? 1 : 0;
    }
    if (isChunked_) return takeChunked(byte);
    keep(byte);
    return --left_ == 0;
  }
  // Enough for a line of JSON: the text is what is no size of the first or the last chunk.
  bool takeChunked(char byte) {
    static const char END[] = "\n0\r\n\r\n";
    ended_ = byte == END[ended_] ? ended_ + 1 : byte == '\n' ? 1 : 0;
    if (byte == '\n') hasSize_ = true;
    if (hasSize_ && ended_ < 2 && static_cast<unsigned char>(byte) >= ' ') keep(byte);
    return ended_ == sizeof END - 1;
  }

  Part part_ = Part::status;
  size_t length_ = 0;
  size_t matched_ = 0;
  // How much of the body is still to come.
  unsigned long left_ = 0;
  bool isChunked_ = false;
  bool hasSize_ = false;
  // How much of the end of the last chunk has come. The first follows the line of the headers.
  size_t ended_ = 1;
};
