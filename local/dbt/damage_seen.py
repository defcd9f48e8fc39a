"""Says which tests passed that must not.

damage_seen.py RUN_RESULTS TESTS_FOLDER
"""

import json
import pathlib
import sys

results, folder = sys.argv[1:]
with open(results) as file:
    failed = [r["unique_id"].split(".")[2] for r in json.load(file)["results"] if r["status"] == "fail"]
want = [path.stem for path in pathlib.Path(folder).glob("*.sql")]
want += ["same_rows_stg_votes", "same_rows_stg_voters", "same_rows_vote_statistics", "holds_fct_books"]
passed = [name for name in want if not any(f.startswith(name) for f in failed)]
if passed:
    sys.exit("these tests pass on damaged tables: " + ", ".join(passed))
