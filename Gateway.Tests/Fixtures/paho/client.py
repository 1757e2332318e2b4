"""What a paho client gets from the gateway. Run by PahoClientTests:

    client.py flow     PORT VERSION QOS DEVICE   200 messages from a device to a subscriber, in order
    client.py resume   PORT VERSION QOS DEVICE   a session left behind, resumed with what was queued meanwhile
    client.py takeover PORT VERSION QOS DEVICE   a second connection of a client id closes the first
    client.py await    PORT VERSION QOS CLIENT   a session that waits for case events is left behind
    client.py collect  PORT VERSION QOS CLIENT N the session comes back and gets what it is owed, up to sequence N

VERSION is 311 or 5. Exit code 0 and one line "ok ..." when everything is as it must be; an assertion with the reason otherwise.
One thread: every client is pumped by hand, so that nothing reconnects behind the scenario's back.
"""
import json
import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

LIMIT_SECONDS = 30
MESSAGES = 200
QUEUED = 25


class Peer:
    """A client with everything it was told."""

    def __init__(self, port, version, client_id, keep_session=False):
        self.connected = None  # (code, session present)
        self.granted = None
        self.lost = None  # how the connection ended
        self.log = []
        self.received = []  # (payload, qos)
        self.acknowledged = set()
        five = version == "5"
        options = {"protocol": mqtt.MQTTv5} if five else {"protocol": mqtt.MQTTv311, "clean_session": not keep_session}
        self.client = mqtt.Client(client_id, **options)
        self.client.on_connect = lambda c, u, flags, code, p=None: setattr(self, "connected", (number(code), flags["session present"]))
        self.client.on_subscribe = lambda c, u, mid, granted, p=None: setattr(self, "granted", [number(g) for g in granted])
        self.client.on_disconnect = lambda c, u, code, p=None: setattr(self, "lost", number(code))
        self.client.on_log = lambda c, u, level, text: self.log.append(text)
        self.client.on_message = lambda c, u, message: self.received.append((message.payload.decode(), message.qos))
        self.client.on_publish = lambda c, u, mid: self.acknowledged.add(mid)
        if five:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 300 if keep_session else 0
            self.client.connect("127.0.0.1", port, clean_start=not keep_session, properties=properties)
        else:
            self.client.connect("127.0.0.1", port)
        until("CONNACK", lambda: self.connected is not None, self)
        assert self.connected[0] == 0, f"refused with {self.connected[0]}"

    def subscribe(self, topic, qos):
        self.client.subscribe(topic, qos)
        until("SUBACK", lambda: self.granted is not None, self)
        assert self.granted == [qos], f"granted {self.granted}"

    def publish(self, topic, payloads, qos):
        return {self.client.publish(topic, payload, qos).mid for payload in payloads}

    def leave(self):
        self.client.disconnect()
        until("the end of the connection", lambda: self.lost is not None, self)


def number(code):
    return code if isinstance(code, int) else code.value


def until(what, condition, *peers):
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"no {what} in {LIMIT_SECONDS} s"
        for peer in peers:
            peer.client.loop(0.005)


def readings(count):
    return [json.dumps({"seq": n, "water_level": 0.01}) for n in range(count)]


def flow(port, version, qos, device):
    topic = f"city/v1/flood/{device}/telemetry"
    watcher = Peer(port, version, f"watcher-{device}")
    watcher.subscribe(topic, qos)
    sender = Peer(port, version, device)
    sent = readings(MESSAGES)
    mids = sender.publish(topic, sent, qos)
    until("delivery of all messages", lambda: len(watcher.received) >= MESSAGES and sender.acknowledged >= mids, sender, watcher)
    assert watcher.received == [(payload, qos) for payload in sent], "not what was sent, in its order and QoS"
    sender.leave()
    watcher.leave()
    return f"{MESSAGES} in order"


def resume(port, version, qos, device):
    command = f"city/v1/flood/{device}/command"
    first = Peer(port, version, device, keep_session=True)
    assert not first.connected[1], "a session before the first connection"
    first.subscribe(command, qos)
    first.leave()

    operator = Peer(port, version, f"operator-{device}")
    sent = readings(QUEUED)
    mids = operator.publish(command, sent, qos)
    until("acknowledgements", lambda: operator.acknowledged >= mids, operator)

    again = Peer(port, version, device, keep_session=True)
    assert again.connected[1], "the session was not there any more"
    until("the queued messages", lambda: len(again.received) >= QUEUED, again)
    assert again.received == [(payload, qos) for payload in sent], "not what was queued, in its order and QoS"
    again.leave()
    operator.leave()

    clean = Peer(port, version, device)
    assert not clean.connected[1], "a clean start found a session"
    clean.leave()
    return f"{QUEUED} after coming back"


def takeover(port, version, qos, device):
    first = Peer(port, version, device)
    second = Peer(port, version, device)
    until("the end of the first connection", lambda: first.lost is not None, first, second)
    # Paho 1.6 drops the reason of a DISCONNECT without properties; that it came stands in its log.
    told = any(line.startswith("Received DISCONNECT") for line in first.log)
    assert first.lost != 0 and told == (version == "5"), f"the first ended with {first.lost}: {first.log}"
    mids = second.publish(f"city/v1/flood/{device}/telemetry", readings(1), qos)
    until("an acknowledgement for the second", lambda: second.acknowledged >= mids, second)
    assert second.lost is None, "the second was closed too"
    second.leave()
    return f"the first ended with {first.lost}"


def await_cases(port, version, qos, client):
    duty = Peer(port, version, client, keep_session=True)
    duty.subscribe("city/v1/cases/#", qos)
    duty.leave()
    return "waiting"


def collect(port, version, qos, client, last):
    duty = Peer(port, version, client, keep_session=True)
    assert duty.connected[1], "the session was not there any more"
    until(f"event {last}", lambda: any(json.loads(p)["sequence"] >= int(last) for p, _ in duty.received), duty)
    assert all(q == qos for _, q in duty.received), "not the QoS that was granted"
    duty.leave()
    events = [json.loads(payload) for payload, _ in duty.received]
    return " ".join(f"{e['sequence']}/{e['caseNo']}/{e['caseSequence']}/{e['change']['type']}" for e in events)


if __name__ == "__main__":
    scenario = {"flow": flow, "resume": resume, "takeover": takeover, "await": await_cases, "collect": collect}[sys.argv[1]]
    print("ok", scenario(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), *sys.argv[5:]))
