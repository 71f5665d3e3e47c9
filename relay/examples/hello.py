"""Two sockets say hello through Patchbay: python3 hello.py 'http://127.0.0.1:7007/#token=…'"""
import base64, json, os, socket, sys

host, token = sys.argv[1].removeprefix("http://").split("/#token=")
name, port = host.rsplit(":", 1)
relay = socket.create_connection((name.strip("[]"), int(port)))
key = base64.b64encode(os.urandom(16)).decode()
relay.sendall(f"GET /ws HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
              "Sec-WebSocket-Protocol: patchbay.json.v1\r\n\r\n".encode())
stream = relay.makefile("rb")
assert b" 101 " in stream.readline(), "no WebSocket there"
while stream.readline() != b"\r\n": pass

def say(message):  # one text frame, masked as every client's must be (RFC 6455, 5.3)
    data, mask = json.dumps(message).encode(), os.urandom(4)
    size = bytes([128 + len(data)]) if len(data) < 126 else bytes([254]) + len(data).to_bytes(2, "big")
    relay.sendall(b"\x81" + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

def hear():  # the next message; a ping is not one
    kind, size = stream.read(2)
    if size > 125: size = int.from_bytes(stream.read(2 if size == 126 else 8), "big")
    data = stream.read(size)
    return json.loads(data) if kind == 0x81 else hear()

def ask(do):  # makes one call; waits for its end, and notes the events on the way
    ask.id += 1
    say({"command": {"id": ask.id, "do": do}})
    while "reply" not in (message := hear()): note(message)
    return message["reply"]["result"]["ok"]

def note(message):  # what the kernel says of each socket
    what = message.get("event", {}).get("what", {})
    for field in what.get("sample", {}).get("set", []):
        kernel.setdefault(what["sample"]["socket"], {}).update(field)

ask.id, kernel = 0, {}
say({"hello": {"version": 1, "token": token, "resume": None}})
print("welcome:", hear()["welcome"]["role"])
made = {"net": "host", "family": "ipv4", "kind": "stream", "side": None, "name": None}
server = ask({"socket": made | {"name": "server"}})["socket"]
address = ask({"bind": {"socket": server, "address": "127.0.0.1:0"}})["local"]
ask({"listen": {"socket": server, "backlog": 5}})
client = ask({"socket": made | {"name": "client"}})["socket"]
ask({"connect": {"socket": client, "address": address}})
peer = ask({"accept": {"socket": server}})["socket"]
print("sent:", ask({"send": {"socket": client, "data": {"text": "hello"}, "all": False}})["bytes"])
while kernel.get(peer, {}).get("receive_queue") != 5: note(hear())
print("waiting in the kernel:", kernel[peer]["receive_queue"], "bytes,", kernel[peer]["state"])
read = ask({"recv": {"socket": peer, "max": 1024, "peek": False}})
print("read:", bytes.fromhex(read["data"]["hex"]).decode())
for end in (client, peer, server): ask({"close": {"socket": end}})
print("closed")
