import http.client
import socket
import ssl
import urllib.request

import pycurl
import requests


def unverified(url, context, curl):
    # ruleid: tls-not-verified
    fetch(url, verify=False)
    # ruleid: tls-not-verified
    context.verify_mode = ssl.CERT_NONE
    # ruleid: tls-not-verified
    curl.setopt(pycurl.SSL_VERIFYPEER, 0)
    # ok: tls-not-verified
    fetch(url, verify="/etc/ssl/court.pem")


def past_the_guard(url):
    # ruleid: http-outside-transport
    requests.post(url, timeout=5)
    # ruleid: http-outside-transport
    urllib.request.urlopen(url, timeout=5)
    # ruleid: http-outside-transport
    socket.socket()
    # ok: http-outside-transport
    transport.post(url)


def led_on(url, curl):
    # ruleid: redirects-followed
    fetch(url, allow_redirects=True)
    # ruleid: redirects-followed
    curl.setopt(pycurl.FOLLOWLOCATION, 1)
    # ok: redirects-followed
    fetch(url, allow_redirects=False)


def waits_for_ever(url, host):
    # ruleid: no-timeout
    requests.get(url)
    # ruleid: no-timeout
    http.client.HTTPSConnection(host)
    # ok: no-timeout
    http.client.HTTPSConnection(host, timeout=5)
