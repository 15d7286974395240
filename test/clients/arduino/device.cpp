// A board that is driven by the lines of standard input, and prints what has become of its points after each.
#include <Dakkio.h>

static Dakkio* dakkio;
static unsigned long longestLoop = 0;

static const char* variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

void setup() {
  setvbuf(stdout, nullptr, _IOLBF, 0);
  DakkioOptions options;
  options.bucket = variable("BUCKET");
  options.timeoutMillis = 1500;
  options.gatherMillis = 100;
  if (*variable("BUFFER")) options.bufferBytes = static_cast<size_t>(atol(variable("BUFFER")));
  dakkio = new Dakkio(variable("SERVER"), variable("KEY"), options);
  hasTime = *variable("LATE") == '\0';
  dakkio->begin("network", "password");
}

static void printState() {
  std::printf("{\"pending\":%zu,\"stored\":%u,\"refused\":%u,\"dropped\":%u,\"status\":%d,\"longestLoop\":%lu}\n",
              dakkio->pending(), dakkio->stored(), dakkio->refused(), dakkio->dropped(), dakkio->lastStatus(), longestLoop);
  std::printf("%s\n", dakkio->lastError());
}

static void writeNumbers(const char* measurement, int count) {
  for (int i = 0; i < count; i++) {
    if (!dakkio->write(DakkioPoint(measurement).tag("i", String(std::to_string(i))).field("v", i))) std::puts("not written");
  }
}

static void writeTypes() {
  DakkioPoint point("a b,c=d\n\\");
  point.field("d", 0.1).tag("t g", "x=,y ").tag("empty", "").tag("path", "C:\\").field("f", 21.37f);
  point.field("i", -5).field("u", static_cast<uint8_t>(200)).field("l", 9007199254740991LL).field("b", true);
  point.field("nan", NAN).field("inf", INFINITY).field("s", "say \"hi\" \\ \n there").field("w\xC3\xA4rme", String("x"));
  if (!dakkio->write(point)) std::puts("not written");
  if (dakkio->write(DakkioPoint("m").field("nan", NAN))) std::puts("written without fields");
}

static void run(const std::string& line) {
  const int count = atoi(line.substr(line.find(' ') + 1).c_str());
  if (line.rfind("numbers", 0) == 0) writeNumbers("m", count);
  if (line == "types") writeTypes();
  if (line == "text") dakkio->write(DakkioPoint("m").tag("i", "0").field("v", "text"));
  if (line.rfind("long", 0) == 0) dakkio->write(DakkioPoint("m").field("s", std::string(static_cast<size_t>(count), 'x')));
  if (line == "clock") hasTime = true;
  if (line == "offline") WiFi.isConnected = false;
  if (line == "online") WiFi.isConnected = true;
  if (line == "root") dakkio->trustRoot("a root");
  if (line == "fingerprint") dakkio->trustFingerprint("AA BB");
  if (line == "wrong fingerprint") dakkio->trustFingerprint("CC");
  if (line == "any") dakkio->trustAnyCertificate();
  if (line.rfind("flush", 0) == 0) std::puts(dakkio->flush(static_cast<uint32_t>(count)) ? "flushed" : "not flushed");
  printState();
}

void loop() {
  const unsigned long start = millis();
  dakkio->loop();
  if (millis() - start > longestLoop) longestLoop = millis() - start;
  struct pollfd input = {0, POLLIN, 0};
  if (poll(&input, 1, 1) != 1) return;
  static std::string line;
  char byte;
  if (::read(0, &byte, 1) != 1) std::exit(0);
  if (byte != '\n') {
    line += byte;
    return;
  }
  run(line);
  line.clear();
}
