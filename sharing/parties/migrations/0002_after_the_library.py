"""The tables of django-oauth-toolkit before the book's and ours.

Its hundred changes of fields are applied to the few models there are by then, which takes a fifth of a second; with
all of ours beside them each change would lay out every model anew, which takes five.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_initial"), ("oauth2_provider", "0022_refreshtoken_token_family_index")]
    run_before = [("registry", "0002_book")]
    operations = []
