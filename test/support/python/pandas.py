"""The one function of pandas that the documentation uses. It sends what pandas/io/common.py sends."""

import csv
import io
import urllib.request


def read_csv(url, storage_options, parse_dates):
    with urllib.request.urlopen(urllib.request.Request(url, headers=storage_options)) as answer:
        rows = list(csv.DictReader(io.StringIO(answer.read().decode())))
    assert all(name in rows[0] for name in parse_dates)
    return rows
