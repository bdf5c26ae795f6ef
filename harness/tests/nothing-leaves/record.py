"""Writes a line for each connection that is begun and each datagram that arrives at a network device."""

import ipaddress
import json
import socket
import struct
import sys

IPV4, IPV6, TCP, UDP = 0x0800, 0x86DD, 6, 17
SYN, ACK = 0x02, 0x10


def question(message):
    """The name that a DNS message asks for (RFC 1035, 4.1.2)."""
    labels, at = [], 12
    while at < len(message) and 0 < message[at] < 64:
        labels.append(message[at + 1 : at + 1 + message[at]].decode("ascii", "replace"))
        at += 1 + message[at]
    return ".".join(labels)


def told(frame):
    """What a frame is, or None if it opens nothing."""
    kind, packet = struct.unpack("!H", frame[12:14])[0], frame[14:]
    if kind == IPV4:
        protocol, to, rest = packet[9], packet[16:20], packet[(packet[0] & 15) * 4 :]
    elif kind == IPV6:
        # Extension headers carry nothing that a client sends here.
        protocol, to, rest = packet[6], packet[24:40], packet[40:]
    else:
        return None
    if protocol not in (TCP, UDP):
        return None
    port = struct.unpack("!H", rest[2:4])[0]
    if protocol == TCP and rest[13] & (SYN | ACK) != SYN:
        return None
    line = {"protocol": "tcp" if protocol == TCP else "udp", "to": str(ipaddress.ip_address(to)), "port": port}
    return {**line, "question": question(rest[8:])} if protocol == UDP and port == 53 else line


def main():
    device, file = sys.argv[1:]
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    packets.bind((device, 0))
    with open(file, "w", encoding="utf-8") as lines:
        while True:
            line = told(packets.recv(65535))
            if line:
                print(json.dumps(line), file=lines, flush=True)


main()
