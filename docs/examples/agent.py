"""An agent of a fleet in plain Python: no packages, one task at a time.

It asks the scheduler for work, keeps its lease with heartbeats while it works, says once what came of each task, and goes when
it is told to. Start it with NOVA_TORCH_SCHEDULER_URL and NOVA_TORCH_FLEET, as a fleet's pod has them; `nova-torch conform`
judges it.
"""

import http.client
import json
import os
import random
import re
import signal
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

URL = os.environ["NOVA_TORCH_SCHEDULER_URL"].rstrip("/")
FLEET = os.environ["NOVA_TORCH_FLEET"]
NAME = os.environ.get("POD_NAME", "agent-0")
BUILD = os.environ.get("NOVA_TORCH_BUILD")
TOKEN_FILE = os.environ.get("NOVA_TORCH_TOKEN_FILE")
AGENT = f"/v1/agents/{FLEET}/{urllib.parse.quote(NAME, safe='')}"

draining = threading.Event()


class Stopped(Exception):
    """The task should end: somebody asked, or another run has it."""


def handle(task, stopped):
    """The work itself. Look at `stopped` now and then in long work."""
    wanted = task["input"].get("do")
    if wanted == "fail":
        raise ValueError("asked to fail")
    if wanted == "wait":
        stopped.wait()
        raise Stopped()
    return {"value": task["input"].get("value")}


def call(path, body, timeout=40):
    """One call. Gives the status and the answer; no answer at all, and one that cannot be read, is status 0."""
    headers = {"content-type": "application/json"}
    data = json.dumps(body).encode()
    try:
        if TOKEN_FILE:  # read each time: it is renewed
            with open(TOKEN_FILE, encoding="utf-8") as file:
                headers["authorization"] = "Bearer " + file.read().strip()
        request = urllib.request.Request(URL + path, data, headers, method="POST")
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, json.load(answer), 0
    except urllib.error.HTTPError as error:
        after = error.headers.get("retry-after", "")
        return error.code, None, float(after) if after.isdigit() else 0
    except (OSError, ValueError, http.client.HTTPException):  # cut off in the middle is an HTTPException
        return 0, None, 0


def patiently(path, body, passing=(), enough=lambda: False):
    """The same until there is a final answer, or `enough`. Every write may be repeated: its token names it."""
    attempt = 0
    while True:
        status, answer, retry_after = call(path, body)
        if enough() or (0 < status < 500 and status not in (408, 425, 429, *passing)):
            return status, answer
        pause(attempt, retry_after)
        attempt += 1


def pause(attempt, retry_after):
    """Longer each time, and drawn, so that many agents do not come back together."""
    time.sleep(max(retry_after, random.uniform(0, min(5, 0.05 * 2 ** min(attempt, 7)))))


def keep_lease(task, over, stopped):
    """Heartbeats, three in a lease, until the task is over."""
    mine = {"id": task["id"], "token": task["token"]}
    while not over.wait(task["heartbeatMs"] / 3000):
        _, answer, _ = call(AGENT + "/heartbeat", {"tasks": [mine]}, timeout=task["heartbeatMs"] / 3000)
        if answer is None:
            continue
        if answer["drain"]:
            draining.set()
        if answer["tasks"][0]["cancel"] or answer["tasks"][0]["lease"] == "gone":
            stopped.set()


def run(task):
    """Runs one task and says what came of it."""
    over, stopped = threading.Event(), threading.Event()
    threading.Thread(target=keep_lease, args=(task, over, stopped), daemon=True).start()
    own = {"agent": NAME, "token": task["token"]}
    verb, said = outcome(task, stopped)
    try:
        status, _ = settle(task, verb, own | said)
        if verb == "complete" and status in (400, 413, 422):  # the result is not what the fleet's schema or its size allows
            failure = {"error": "InvalidResult", "message": f"the scheduler refuses the result with {status}"}
            settle(task, "fail", own | failure)
    finally:
        over.set()


def outcome(task, stopped):
    """What came of the work. Once it is done, nothing that happens to the answer makes a failure of it."""
    try:
        result = handle(task, stopped)
        json.dumps(result, allow_nan=False)  # what is no JSON is a failed attempt too
        return "complete", {"result": result}
    except Stopped:
        return "release", {}
    except Exception as error:  # whatever the work raises is a failed attempt
        name, text = type(error).__name__, str(error)[:2000]
        kind = name if re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", name) else "Error"
        # half a character would be refused, and the failure with it
        return "fail", {"error": kind, "message": text.encode("utf-8", "replace").decode()}


def settle(task, verb, body):
    """Says the end of a task until somebody has heard it, also while its token is being renewed (401, 403)."""
    path = "/v1/tasks/" + urllib.parse.quote(task["id"], safe="") + f"/{verb}?" + urllib.parse.urlencode({"fleet": FLEET})
    return patiently(path, body, passing=(401, 403))


def leave(*_):
    """Takes nothing more. The scheduler ends the open poll, so that no task is on its way to somebody who has gone."""
    if not draining.is_set():
        draining.set()
        threading.Thread(target=call, args=(AGENT + "/drain", {}, 5)).start()


def main():
    signal.signal(signal.SIGTERM, leave)
    hello = {"fleet": FLEET, "name": NAME, "slots": 1} | ({"build": BUILD} if BUILD else {})
    status, known = patiently("/v1/agents", hello, enough=draining.is_set)
    if known is None and draining.is_set():
        return
    if known is None:
        raise SystemExit(f"the scheduler does not take this agent: {status}")
    attempt = 0
    while not draining.is_set():
        ask = {"build": known["build"], "slots": 1, "free": 1, "waitMs": min(20000, known["pollMs"])}
        status, answer, retry_after = call(AGENT + "/poll", ask)
        if answer is None:
            attempt += 1
            pause(attempt, retry_after)
            continue
        attempt = 0
        for task in answer["tasks"]:
            run(task)
        if answer["drain"]:
            draining.set()


if __name__ == "__main__":
    main()
