"""Sends a CSV of any size, with Python's standard library only.

SERVER=http://localhost:3000 KEY=dakkio_w_... python3 upload.py points.csv 507f1f77bcf86cd799439014
"""

import json
import os
import sys
import urllib.error
import urllib.request

path, source_id = sys.argv[1:]
with open(path, "rb") as file:
    request = urllib.request.Request(
        f"{os.environ['SERVER']}/api/data/csv?dataSourceId={source_id}",
        data=file,
        headers={"X-API-Key": os.environ["KEY"], "Content-Type": "text/csv", "Content-Length": str(os.path.getsize(path))},
    )
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        sys.exit(f"{error.code}: {error.read().decode()}")
    counts = json.load(answer)

print(f"{counts['inserted']} inserted, {counts['duplicates']} duplicates, {counts['rejected']} rejected")
for row in counts.get("errors", []):
    print(f"Line {row['line']}: {row['message']}")
