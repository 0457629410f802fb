"""Starts a wsdemo with its lab for the test session, and asks it what a client did."""
import json
import os
import shlex
import subprocess
import urllib.error
import urllib.request

import pytest


class Wsdemo:
    def __init__(self, url):
        self.url = url

    def socket(self, case, plan, endpoint="echo"):
        """The address of a case: each attempt plays the next step of the plan."""
        return f"{self.url.replace('http', 'ws')}{endpoint}?case={case}&fault={plan}"

    def attempts(self, case):
        """What the client did in each attempt; nothing before its first."""
        try:
            with urllib.request.urlopen(f"{self.url}lab/case/{case}") as response:
                return json.load(response)["attempts"]
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return []
            raise


@pytest.fixture(scope="session")
def wsdemo():
    command = shlex.split(os.environ.get("WSDEMO", "npx wsdemo"))
    options = ["serve", "--lab", "--port", "0", "--db", ":memory:", "--log-format", "json", "--log-level", "info"]
    process = subprocess.Popen(command + options, stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout:
            entry = json.loads(line)
            if entry["msg"] == "listening":
                break
        yield Wsdemo(entry["url"])
    finally:
        process.terminate()
        process.stdout.close()
        process.wait()
