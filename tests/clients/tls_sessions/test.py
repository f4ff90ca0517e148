"""A client that resumes its TLS session, as Java's HttpClient does: the second connection is accepted, and knows the first."""
import socket, ssl

from server import Server


def connect(server, context, session=None):
    with socket.create_connection(("127.0.0.1", server.port)) as plain:
        with context.wrap_socket(plain, session=session) as secure:
            secure.sendall(b"GET /version HTTP/1.1\r\nHost: orrery\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n" % server.token.encode())
            answer = b"".join(iter(lambda: secure.recv(65536), b""))
            assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
            return secure.session, secure.session_reused


def run(orrery):
    with Server(orrery, "--nodes", "0") as server:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.maximum_version = version
            session, _ = connect(server, context)
            _, is_reused = connect(server, context, session)
            assert is_reused, "%s: the session was not resumed" % version.name
            print("%s: the session of the first connection was resumed" % version.name)
