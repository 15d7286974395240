// What a sketch for ESP32 or ESP8266 needs to run on a computer. The file of the sketch is the only one of the program.
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/time.h>
#include <thread>

class String : public std::string {
public:
  String() {}
  String(const char* text) : std::string(text) {}
  String(const std::string& text) : std::string(text) {}
  explicit String(float value) : std::string(std::to_string(value)) {}
  int lastIndexOf(char wanted) const { return static_cast<int>(static_cast<long>(rfind(wanted))); }
  String substring(size_t from, size_t to = npos) const { return substr(from, to - from); }
  bool endsWith(const char* end) const {
    const std::string text(end);
    return size() >= text.size() && compare(size() - text.size(), npos, text) == 0;
  }
  void trim() {
    const char* const blank = " \t\r\n";
    erase(find_last_not_of(blank) + 1);
    erase(0, find_first_not_of(blank));
  }
};

[[gnu::unused]] static struct {
  void begin(int) {}
  template <typename Value> void println(const Value& value) { println(std::to_string(value).c_str()); }
  void println(const char* text) { std::fprintf(stderr, "%s\n", text); }
} Serial;

// Milliseconds of 32 bits, which begin at the number in MILLIS.
inline unsigned long millis() {
  using namespace std::chrono;
  static const auto start = steady_clock::now();
  static const unsigned long first = std::getenv("MILLIS") ? std::strtoul(std::getenv("MILLIS"), nullptr, 10) : 0;
  const auto passed = duration_cast<milliseconds>(steady_clock::now() - start).count();
  return static_cast<uint32_t>(first + static_cast<unsigned long>(passed));
}

inline long random(long end) { return std::rand() % end; }

// With ONE_LOOP, the program ends where the sketch pauses.
inline void delay(unsigned long wait) {
#ifdef ONE_LOOP
  std::exit(0);
#endif
  std::this_thread::sleep_for(std::chrono::milliseconds(wait));
}

// A board does not know the time before a server of NTP has answered: it begins in 1970.
static bool hasTime = true;
extern "C" int gettimeofday(struct timeval* time, void*) noexcept {
  struct timespec now;
  clock_gettime(hasTime ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = static_cast<suseconds_t>(now.tv_nsec / 1000);
  return 0;
}
inline void configTime(long, int, const char*) {}

void setup();
void loop();
int main() {
  setup();
  for (;;) loop();
}
