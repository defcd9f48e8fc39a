"""Waits until a dashboard has every record of a ledger, and all of them are settled.

counted.py URL LEDGER
"""

import json
import sys
import time
import urllib.request

url, ledger = sys.argv[1:]
with open(ledger) as file:
    want = {topic: book["records"] for topic, book in json.load(file)["books"].items()}
deadline = time.monotonic() + 120
while True:
    with urllib.request.urlopen(url + "/api/v1/results") as answer:
        results = json.load(answer)
    got = {topic: book["records"] for topic, book in results["books"]["topics"].items()}
    if got == want and results["freshness"]["unsettled"] == 0:
        break
    if time.monotonic() > deadline:
        sys.exit(f"{url}: not counted after two minutes: {got}, want {want}")
    time.sleep(0.2)
