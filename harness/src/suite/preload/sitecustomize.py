"""Imported by every Python process of a suite. Its connections to the simulated org's hosts lead to that org, whatever
proxy its client knows or does not know, and those to the vendor's real hosts are refused. Nothing else is changed."""

import functools
import importlib.machinery
import importlib.util
import json
import os
import re
import socket
import sys
import time

_folder = os.path.dirname(os.path.abspath(__file__))


def _import_next():
    """The module of this name that Python would have imported without this one."""
    path = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != _folder]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


def _wrap(holder, name, around):
    original = getattr(holder, name)

    @functools.wraps(original)
    def method(*args, **named):
        return around(original, *args, **named)

    setattr(holder, name, method)


class _AfterImport:
    """Calls `then` with a module of this name after its import."""

    def __init__(self, name, then):
        self._name, self._then = name, then

    def find_spec(self, name, path=None, target=None):
        spec = importlib.machinery.PathFinder.find_spec(name, path) if name == self._name else None
        if spec is not None and spec.loader is not None:
            _wrap(spec.loader, "exec_module", self._execute)
        return spec

    def _execute(self, execute, module):
        execute(module)
        self._then(module)


def _begin():
    with open(os.path.join(_folder, "sitecustomize.json"), encoding="utf-8") as file:
        config = json.load(file)
    realm = config["realm"]["host"], config["realm"]["port"]
    proxy = config["proxy"]["host"], config["proxy"]["port"]
    hosts, vendor = frozenset(config["hosts"]), config["vendor"]

    def is_vendors(name):
        return any(name == domain or name.endswith("." + domain) for domain in vendor)

    def refusal(name, port):
        try:
            with open(config["refused"], "a", encoding="utf-8") as file:
                file.write(json.dumps({"at": int(time.time() * 1000), "host": f"{name}:{port}"}) + "\n")
        except OSError:
            pass  # The case is over, and the file is no longer read.
        return socket.gaierror(
            socket.EAI_NONAME,
            f"vestibule: {name} is a real host of the vendor, and this suite runs against a simulated org",
        )

    def is_of_realm(host, port):
        """Whether a connection to this host leads to the realm. One to a host of the vendor is refused."""
        if isinstance(host, (bytes, bytearray)):
            host = host.decode("ascii", "replace")
        if not isinstance(host, str):
            return False
        name = host.lower().rstrip(".")
        if name in hosts:
            return True
        if is_vendors(name):
            raise refusal(name, port)
        return False

    def getaddrinfo(original, host, port, *args, **named):
        if is_of_realm(host, port):
            return original(realm[0], None if port is None else realm[1], *args, **named)
        return original(host, port, *args, **named)

    def gethostbyname(original, host, *args):
        return original(realm[0] if is_of_realm(host, 0) else host, *args)

    # aiohttp asks it, where it is installed, instead of the system.
    def of_aiodns(aiodns):
        def lookup(original, self, host, *args, port=None, **named):
            if port is not None:
                named["port"] = port
            if not is_of_realm(host, port or 0):
                return original(self, host, *args, **named)
            if port is not None:
                named["port"] = realm[1]
            return original(self, realm[0], *args, **named)

        for name in ("getaddrinfo", "gethostbyname"):
            if hasattr(aiodns.DNSResolver, name):
                _wrap(aiodns.DNSResolver, name, lookup)

    def connect(original, self, address):
        if isinstance(address, tuple) and len(address) >= 2 and is_of_realm(address[0], address[1]):
            address = realm + address[2:]
        return original(self, address)

    # uvloop asks for names and connects by itself.
    def of_uvloop(uvloop):
        def connection(original, self, factory, host=None, port=None, **named):
            if host is not None and is_of_realm(host, port or 0):
                if named.get("ssl") and named.get("server_hostname") is None:
                    named["server_hostname"] = host
                host, port = realm
            return original(self, factory, host, port, **named)

        def lookup(original, self, host, port, *args, **named):
            if is_of_realm(host, port or 0):
                host, port = realm[0], None if port is None else realm[1]
            return original(self, host, port, *args, **named)

        def sock_connect(original, self, sock, address):
            if isinstance(address, tuple) and len(address) >= 2 and is_of_realm(address[0], address[1]):
                address = realm + address[2:]
            return original(self, sock, address)

        for name, around in (
            ("create_connection", connection),
            ("getaddrinfo", lookup),
            ("sock_connect", sock_connect),
        ):
            if hasattr(uvloop.Loop, name):
                _wrap(uvloop.Loop, name, around)

    # A proxy that the suite itself names is asked for every other host. A request to a proxy begins with the host.
    methods = rb"(?:DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)"
    asked = re.compile(rb"CONNECT ([^\s:/]+):(\d+) |" + methods + rb" http://(?:[^\s/@]*@)?([^\s:/]+)")

    def asked_by_socks(words):
        """The host of a request by SOCKS 5 (RFC 1928, 4) or SOCKS 4a, which name it."""
        if words[0] == 5 and words[2:4] == b"\0\3" and len(words) >= 7 + words[4]:
            end = 5 + words[4]
            return words[5:end], int.from_bytes(words[end : end + 2], "big")
        if words[0] == 4 and words[4:7] == b"\0\0\0" and words[7] != 0:
            return words[8:].partition(b"\0")[2].partition(b"\0")[0], int.from_bytes(words[2:4], "big")
        return None

    def peer(connected):
        """Where a connection leads. A socket of a SOCKS client names its destination instead, or nothing yet."""
        return socket.socket.getpeername(connected)[:2]

    def send(original, self, data, *args):
        words = bytes(memoryview(data)[:600])
        found = asked.match(words)
        if found is not None:
            host = found[1] or found[3], (found[2] or b"80").decode()
        else:
            host = asked_by_socks(words) if words[:1] in (b"\4", b"\5") and len(words) > 9 else None
        if host is not None:
            name = host[0].decode("ascii", "replace").lower().rstrip(".")
            if is_vendors(name) and peer(self) != proxy:
                raise refusal(name, host[1])
        return original(self, data, *args)

    # The DevTools command of clients that drive a browser without WebDriver. A context can have a proxy of its own.
    def dumps(original, value, *args, **named):
        if isinstance(value, dict) and value.get("method") == "Target.createBrowserContext":
            params = value.get("params") or {}
            if params.get("proxyServer"):
                bypassed = ";".join(filter(None, [params.get("proxyBypassList"), config["bypassed"]]))
                value = {**value, "params": {**params, "proxyBypassList": bypassed}}
        return original(value, *args, **named)

    _wrap(json, "dumps", dumps)
    _wrap(socket, "getaddrinfo", getaddrinfo)
    sys.meta_path.insert(0, _AfterImport("aiodns", of_aiodns))
    sys.meta_path.insert(0, _AfterImport("uvloop", of_uvloop))
    for name in ("gethostbyname", "gethostbyname_ex"):
        _wrap(socket, name, gethostbyname)
    # The methods are those of the C class, which is left as it is.
    for name in ("connect", "connect_ex"):
        _wrap(socket.socket, name, connect)
    for name in ("send", "sendall"):
        _wrap(socket.socket, name, send)


_begin()
_import_next()
