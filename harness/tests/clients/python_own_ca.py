"""An API call that trusts only the machine's certificates, whatever the environment says."""
import os
import ssl
import urllib.request

trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
trusted.load_verify_locations("/etc/ssl/certs/ca-certificates.crt")
urllib.request.urlopen(os.environ["SF_ORG_URL"] + "/services/data", context=trusted)
