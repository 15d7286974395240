// Sends a temperature every ten seconds. Fill in the first five lines, and read your sensor in readTemperature.
#include <Dakkio.h>

const char* WIFI_NAME = "YOUR_WIFI";
const char* WIFI_PASSWORD = "YOUR_PASSWORD";
const char* SERVER = "http://192.168.1.10:3000";
const char* KEY = "dakkio_w_...";
const unsigned long INTERVAL_MILLIS = 10000;

Dakkio dakkio(SERVER, KEY);

float readTemperature() {
  return 21.5;
}

void setup() {
  Serial.begin(115200);
  dakkio.begin(WIFI_NAME, WIFI_PASSWORD);
}

void loop() {
  static unsigned long last = millis() - INTERVAL_MILLIS;
  if (millis() - last >= INTERVAL_MILLIS) {
    last += INTERVAL_MILLIS;
    dakkio.write(DakkioPoint("weather").tag("site", "north").field("temperature", readTemperature()));
    Serial.println(dakkio.lastError());
  }
  dakkio.loop();
}
