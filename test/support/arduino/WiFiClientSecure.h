// Sends what it is given without encrypting it, and prints which certificate it would have trusted.
#pragma once
#include "WiFi.h"

namespace BearSSL {
struct X509List {
  explicit X509List(const char* pem) : text(pem) {}
  std::string text;
};
}  // namespace BearSSL

struct WiFiClientSecure : WiFiClient {
  void setInsecure() { std::puts("trusts any"); }
  void setCACert(const char* pem) { std::printf("trusts %s\n", pem); }
  void setTrustAnchors(const BearSSL::X509List* list) { setCACert(list->text.c_str()); }
  void setFingerprint(const char* hex) { setCACert(hex); }
  void setHandshakeTimeout(unsigned long seconds) { std::printf("handshake %lu\n", seconds); }
  bool verify(const char* hex, const char*) { return std::string(hex) == "AA BB"; }
};
