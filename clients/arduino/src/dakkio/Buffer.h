// SPDX-License-Identifier: MIT
// Copyright (c) 2026 the Dakkio contributors
#pragma once

#include <stdint.h>
#include <stdlib.h>

// Lines with their times, first in, first out, in one block of memory.
class DakkioBuffer {
public:
  struct Head {
    uint64_t time;    // milliseconds since 1970, or since the start where isUptime
    uint16_t length;  // of the line that follows
    bool isUptime;
  };

  DakkioBuffer() = default;
  DakkioBuffer(const DakkioBuffer&) = delete;
  DakkioBuffer& operator=(const DakkioBuffer&) = delete;
  ~DakkioBuffer() { free(bytes_); }

  bool allocate(size_t capacity) {
    bytes_ = static_cast<uint8_t*>(malloc(capacity));
    capacity_ = bytes_ ? capacity : 0;
    return bytes_ != nullptr;
  }
  bool isAllocated() const { return bytes_ != nullptr; }
  size_t count() const { return count_; }
  bool fits(size_t length) const { return length <= UINT16_MAX && length + sizeof(Head) <= capacity_; }
  bool hasRoom(size_t length) const { return used_ + length + sizeof(Head) <= capacity_; }
  void push(const Head& head, const char* line) {
    copyIn(used_, &head, sizeof head);
    copyIn(used_ + sizeof head, line, head.length);
    used_ += sizeof head + head.length;
    count_++;
  }
  void pop() {
    const size_t size = sizeof(Head) + headAt(0).length;
    start_ = (start_ + size) % capacity_;
    used_ -= size;
    count_--;
  }
  // Offsets count from the oldest line.
  Head headAt(size_t offset) const {
    Head head;
    for (size_t i = 0; i < sizeof head; i++) reinterpret_cast<uint8_t*>(&head)[i] = byteAt(offset + i);
    return head;
  }
  void setHeadAt(size_t offset, const Head& head) { copyIn(offset, &head, sizeof head); }
  size_t nextOf(size_t offset) const { return offset + sizeof(Head) + headAt(offset).length; }
  uint8_t byteAt(size_t offset) const { return bytes_[(start_ + offset) % capacity_]; }

private:
  void copyIn(size_t offset, const void* from, size_t length) {
    for (size_t i = 0; i < length; i++)
      bytes_[(start_ + offset + i) % capacity_] = static_cast<const uint8_t*>(from)[i];
  }

  uint8_t* bytes_ = nullptr;
  size_t capacity_ = 0, start_ = 0, used_ = 0, count_ = 0;
};
