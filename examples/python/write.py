"""Writes a point as line protocol, with Python's standard library only.

SERVER=http://localhost:3000 KEY=dakkio_w_... python3 write.py 21.5
"""

import os
import sys
import time
import urllib.error
import urllib.request


def write(lines: str) -> None:
    request = urllib.request.Request(
        os.environ["SERVER"] + "/api/v2/write?precision=ms",
        data=lines.encode(),
        headers={"Authorization": "Token " + os.environ["KEY"]},
    )
    for attempt in range(5):
        try:
            urllib.request.urlopen(request, timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            # 429 and 503 say when to try again. Sending other requests again does not help.
            if error.code not in (429, 503):
                sys.exit(f"{error.code}: {error.read().decode()}")
            time.sleep(int(error.headers.get("Retry-After", "1")))
        except OSError:
            time.sleep(2**attempt)
    sys.exit("The server cannot be reached")


write(f"weather,site=north temperature={float(sys.argv[1])} {time.time_ns() // 1_000_000}\n")
