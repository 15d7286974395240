// Wi-Fi of a board, over the sockets of a computer.
#pragma once
#include "Arduino.h"
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WIFI_STA, WL_CONNECTED, WL_DISCONNECTED };

[[gnu::unused]] static struct {
  bool isConnected = true;
  void mode(int) {}
  void begin(const char*, const char*) {}
  int status() { return isConnected ? WL_CONNECTED : WL_DISCONNECTED; }
} WiFi;

class WiFiClient {
public:
  virtual ~WiFiClient() { stop(); }
  void setTimeout(unsigned long millis) { timeout_ = static_cast<int>(millis); }
  int connect(const char* host, uint16_t port) { return connect(host, port, timeout_); }
  int connect(const char* host, uint16_t port, int32_t timeoutMillis) {
    stop();
    struct addrinfo wanted = {}, *found = nullptr;
    wanted.ai_family = AF_INET;
    wanted.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, std::to_string(port).c_str(), &wanted, &found) != 0) return 0;
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    fcntl(socket_, F_SETFL, O_NONBLOCK);
    ::connect(socket_, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    struct pollfd waiting = {socket_, POLLOUT, 0};
    int error = 1;
    socklen_t size = sizeof error;
    if (poll(&waiting, 1, timeoutMillis) == 1) getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) stop();
    return socket_ >= 0;
  }
  size_t write(const uint8_t* bytes, size_t length) {
    const ssize_t sent = send(socket_, bytes, length, MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<size_t>(sent);
  }
  int available() {
    int count = 0;
    return socket_ >= 0 && ioctl(socket_, FIONREAD, &count) == 0 ? count : 0;
  }
  int read(uint8_t* bytes, size_t length) { return static_cast<int>(recv(socket_, bytes, length, 0)); }
  uint8_t connected() {
    if (socket_ < 0) return 0;
    char byte;
    const ssize_t count = recv(socket_, &byte, 1, MSG_PEEK);
    return count > 0 || (count < 0 && errno == EAGAIN);
  }
  void stop() {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }

private:
  int socket_ = -1;
  int timeout_ = 5000;
};
