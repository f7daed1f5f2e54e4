#!/usr/bin/env python3
"""A crowd at the hub's two ports: connections that say nothing, that send a byte a second, HTTP/2 streams opened and reset at once, handshakes by the hundred.
Meanwhile two desks work, the hub's memory stays bounded, and afterwards it has let go of all of them. ZT_TEST_FULL: ten thousand connections."""
import contextlib, os, resource, socket, ssl, struct, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *

FULL = bool(os.environ.get("ZT_TEST_FULL"))
IDLE = 10_000 if FULL else 2_000
DRIPS = 500 if FULL else 100
RESETS = 200_000 if FULL else 50_000
SIGN_INS = 500
LET_IN = 4096        # who says nothing and is there a while, at both ports
MB_EACH = 0.05      # of the hub's memory for a connection
MB_RESETS = 256 if FULL else 128   # for all resets together
WITHIN = 10         # seconds for a document to reach the other desk meanwhile


def memory(p):
    """MB the hub holds."""
    for line in pathlib.Path(f"/proc/{p.hub.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024


def open_files(p):
    return len(os.listdir(f"/proc/{p.hub.pid}/fd"))


def connect(port):
    return socket.create_connection(("127.0.0.1", port), 20)


def tls(port):
    """As an enrolling desk does before it has looked at the root."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    return context.wrap_socket(connect(port))


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(name, value):
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0)
HEADERS = b"".join(literal(*h) for h in ((b":method", b"POST"), (b":scheme", b"https"), (b":path", b"/none"), (b":authority", b"hub"), (b"content-type", b"application/grpc"), (b"te", b"trailers")))


def idle(p):
    """Neither port hears a word from them, and the hub does not wait for ever."""
    files = open_files(p)
    with contextlib.ExitStack() as held:
        for i in range(IDLE):
            held.enter_context(connect(p.inner if i % 2 else p.enrol_port))
        until("all are connected", lambda: open_files(p) >= files + min(IDLE, LET_IN))
        yield IDLE * MB_EACH
        until("the hub ends them", lambda: open_files(p) <= files + 4, 40)


def drip(p):
    """A byte a second of a handshake, and of a request behind a whole one."""
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)
    ending = threading.Event()
    with contextlib.ExitStack() as held:
        lines = [(held.enter_context(connect(p.inner if i % 2 else p.enrol_port)), hello) for i in range(DRIPS)]
        lines += [(held.enter_context(tls(p.enrol_port)), PREFACE + frame(1, 4, 1, HEADERS)) for _ in range(DRIPS)]

        def run():
            n = 0
            while not ending.wait(1):
                for s, text in lines:
                    with contextlib.suppress(OSError):
                        s.send(text[n:n + 1])
                n += 1
        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(3)
        try:
            yield 2 * DRIPS * 4 * MB_EACH   # half of them hold a session of TLS
        finally:
            ending.set()
            thread.join()


def resets(p):
    """Streams opened and reset, as fast as the hub takes them, on a connection after the other where it ends one."""
    done, connections, ending = 0, 0, threading.Event()
    while done < RESETS and not ending.is_set():
        connections += 1
        with contextlib.suppress(OSError), tls(p.enrol_port) as s:
            s.sendall(PREFACE)
            s.settimeout(20)
            for stream in range(1, 20_001, 200):
                s.sendall(b"".join(frame(1, 4, n, HEADERS) + frame(3, 0, n, struct.pack(">I", 8)) for n in range(stream, stream + 200, 2)))
                done += 100
    print(f"         {done} streams reset on {connections} connections", flush=True)
    yield MB_RESETS


def sign_ins(p):
    """Handshakes at once, eight at a time from here. At the desks' port each ends where the certificate is asked for."""
    began, taken = time.monotonic(), []

    def run(n):
        for _ in range(n):
            with contextlib.suppress(OSError), tls(p.enrol_port) as s:
                taken.append(s.version())
            with contextlib.suppress(OSError), tls(p.inner) as s:
                s.recv(1)
    threads = [threading.Thread(target=run, args=(SIGN_INS // 8,)) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    need(len(taken) == SIGN_INS // 8 * 8, f"all were answered: {len(taken)}")
    print(f"         {len(taken)} handshakes, and as many refused, in {time.monotonic() - began:.1f} s", flush=True)
    yield 32


def served(desks, unit, n):
    """Seconds for a document from desk to desk."""
    drafter, head = desks
    draft = drafter.call("new_draft")["draft"]
    drafter.call("save_draft", draft=draft, title=f"关于第{n}次拥挤的通知", recipients=[unit], body="正文一段。")
    began = time.monotonic()
    stream = drafter.call("submit", draft=draft)["stream"]
    until("the other desk has it", lambda: any(r["stream"] == stream for r in head.rows("todo")), WITHIN)
    return time.monotonic() - began


def run(folder):
    with office(folder, "drafter", "head1") as (p, desks, unit):
        served(desks, unit, 0)
        for n, crowd in enumerate((idle, drip, resets, sign_ins), 1):
            before, files = memory(p), open_files(p)
            took = []
            ending = threading.Event()

            def work():
                while not ending.is_set():
                    took.append(served(desks, unit, f"{n}·{len(took)}"))
            thread = threading.Thread(target=work)
            thread.start()
            try:
                with contextlib.contextmanager(crowd)(p) as most:
                    until("the desks worked meanwhile", lambda: len(took) > 2 or not thread.is_alive())
                    more = memory(p) - before
            finally:
                ending.set()
                thread.join()
            need(len(took) > 2, f"{crowd.__name__}: the desks worked meanwhile")
            print(f"ok      {crowd.__name__:9} {more:6.1f} MB more ({most:.0f} at most), a document from desk to desk in {max(took):.2f} s at most", flush=True)
            need(more < most, f"{crowd.__name__}: the hub holds {more:.0f} MB more")
            until(f"{crowd.__name__}: the hub let go of all", lambda: open_files(p) <= files + 4, 40)


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 1 << 15)), hard))
    played("crowd", run)
