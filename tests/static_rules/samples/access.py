# ruleid: csrf-exempt
@csrf_exempt
def take(request):
    pass


# ok: csrf-exempt
@csrf_protect
def take_safely(request):
    pass


class Open:
    # ruleid: open-to-anybody
    permission_classes = (AllowAny,)
    # ruleid: open-to-anybody
    authentication_classes = []


class Gated:
    # ok: open-to-anybody
    permission_classes = (MayAsk,)


class Form:
    class Meta:
        # ruleid: every-field
        fields = "__all__"
        # ruleid: every-field
        exclude = ("password",)


class Narrow:
    class Meta:
        # ok: every-field
        fields = ("name",)


# ruleid: debug-on
DEBUG = True
# ok: debug-on
DEBUG = env.bool("DEBUG", default=False)


def passed_over():
    # ruleid: exception-passed-over
    try:
        save()
    except Exception:
        pass
    # ruleid: exception-passed-over
    with suppress(Exception):
        save()
    # ok: exception-passed-over
    with suppress(FileNotFoundError):
        save()


def said(self, text):
    # ruleid: printed
    print(text)
    # ok: printed
    self.stdout.write(text)
