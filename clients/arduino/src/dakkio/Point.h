// SPDX-License-Identifier: MIT
// Copyright (c) 2026 the Dakkio contributors
#pragma once

#include <Arduino.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <type_traits>

// One point of a series: a measurement, tags that name the series, and fields with values.
class DakkioPoint {
public:
  explicit DakkioPoint(const char* measurement) { appendName(series_, measurement, ", "); }

  // A tag without a value is left out.
  DakkioPoint& tag(const char* name, const char* value) {
    if (*name == '\0' || *value == '\0') return *this;
    series_ += ',';
    appendName(series_, name, ",= ");
    series_ += '=';
    appendName(series_, value, ",= ");
    return *this;
  }
  DakkioPoint& tag(const char* name, const String& value) { return tag(name, value.c_str()); }

  // A field that is not a number, such as that of a sensor that did not answer, is left out.
  DakkioPoint& field(const char* name, double value) { return isfinite(value) ? number(name, "%.15g", value) : *this; }
  DakkioPoint& field(const char* name, float value) {
    return isfinite(value) ? number(name, "%.7g", static_cast<double>(value)) : *this;
  }
  template <typename Integer, typename std::enable_if<std::is_integral<Integer>::value, int>::type = 0>
  DakkioPoint& field(const char* name, Integer value) {
    if (std::is_unsigned<Integer>::value) return number(name, "%llu", static_cast<unsigned long long>(value));
    return number(name, "%lld", static_cast<long long>(value));
  }
  DakkioPoint& field(const char* name, bool value) { return raw(name, value ? "true" : "false"); }
  DakkioPoint& field(const char* name, const String& value) { return field(name, value.c_str()); }
  DakkioPoint& field(const char* name, const char* value) {
    raw(name, "\"");
    for (; *value != '\0'; value++) {
      if (*value == '"' || *value == '\\') fields_ += '\\';
      fields_ += *value;
    }
    fields_ += '"';
    return *this;
  }

  bool hasFields() const { return fields_.length() > 0; }
  // A line of line protocol, without a time.
  String line() const { return series_ + " " + fields_; }

private:
  template <typename Number> DakkioPoint& number(const char* name, const char* format, Number value) {
    char text[32];
    snprintf(text, sizeof text, format, value);
    return raw(name, text);
  }
  DakkioPoint& raw(const char* name, const char* value) {
    if (hasFields()) fields_ += ',';
    appendName(fields_, name, ",= ");
    fields_ += '=';
    fields_ += value;
    return *this;
  }
  // Control characters, and a backslash before the end, cannot be part of a name in line protocol.
  static void appendName(String& target, const char* name, const char* escaped) {
    for (; *name != '\0'; name++) {
      const bool isEscaped = strchr(escaped, *name) != nullptr;
      if (isEscaped) target += '\\';
      const bool isKept = static_cast<unsigned char>(*name) >= ' ' && !(*name == '\\' && name[1] == '\0');
      target += isKept ? *name : '_';
    }
  }

  String series_;
  String fields_;
};
