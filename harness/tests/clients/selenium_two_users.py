"""Two users sign in, each in their own browser."""
import os
import subprocess
import sys

coping = os.path.join(os.path.dirname(os.path.abspath(__file__)), "selenium_coping.py")
for username, password in [("SF_USERNAME", "SF_PASSWORD"), ("SF_SECOND_USERNAME", "SF_SECOND_PASSWORD")]:
    person = {"SF_USERNAME": os.environ[username], "SF_PASSWORD": os.environ[password]}
    ended = subprocess.run([sys.executable, coping], env={**os.environ, **person})
    if ended.returncode != 0:
        sys.exit(ended.returncode)
