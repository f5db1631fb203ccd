"""A caller of the REST interface that keeps its connection, as a program would. Standard library only."""

import http.client
import json
import threading
import urllib.parse


class Refused(Exception):
    """An answer of 400 or above, with its problem document."""

    def __init__(self, status, problem, headers=None):
        super().__init__(f"{status}: {problem}")
        self.status, self.problem, self.headers = status, problem, headers or {}


class Client:
    """Calls below /api/v1 with one token; each thread has a connection of its own."""

    def __init__(self, base, token, timeout=60):
        self.base, self.token, self.timeout = base, token, timeout
        self.local = threading.local()

    def moved(self, base):
        """The server is somewhere else now."""
        self.base = base
        self.local = threading.local()

    def call(self, method, path, body=None, key=None, raw=False):
        """One request; JSON in and out, or text where `raw`. An OSError or HTTPException says that none came back.

        A body of bytes goes as it is, as lines of JSON."""
        lines = isinstance(body, bytes)
        headers = {"Authorization": f"Bearer {self.token}",
                   "Content-Type": "application/x-ndjson" if lines else "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        payload = body if lines or body is None else json.dumps(body).encode()
        fresh = getattr(self.local, "connection", None) is None
        if fresh:
            self.local.connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.base).netloc, timeout=self.timeout)
        connection = self.local.connection
        try:
            connection.request(method, f"/api/v1{path}", payload, headers)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException):
            connection.close()
            self.local.connection = None
            raise
        if response.status >= 400:
            raise Refused(response.status, text, dict(response.getheaders()))
        return text if raw else json.loads(text or "null")
