// What a sketch for ESP32 needs to run once on a computer: it prints the request in the place of sending it.
#include <cstdio>
#include <cstdlib>
#include <string>

class String : public std::string {
public:
  String(const char* text) : std::string(text) {}
  String(const std::string& text) : std::string(text) {}
  explicit String(float value) : std::string(std::to_string(value)) {}
};

struct {
  void begin(int) {}
  void println(int) {}
} Serial;

enum { WIFI_STA, WL_CONNECTED };

struct {
  void mode(int) {}
  void begin(const char*, const char*) {}
  int status() { return WL_CONNECTED; }
} WiFi;

struct WiFiClient {};
struct WiFiClientSecure : WiFiClient {
  void setInsecure() {}
};

struct HTTPClient {
  void begin(WiFiClient&, const String& url) { std::printf("%s\n", url.c_str()); }
  void addHeader(const String& name, const String& value) { std::printf("%s: %s\n", name.c_str(), value.c_str()); }
  int POST(const String& body) {
    std::printf("\n%s", body.c_str());
    return 201;
  }
  void end() {}
};

inline void delay(int) { std::exit(0); }

void setup();
void loop();
int main() {
  setup();
  loop();
}
