def html(name, HTML, sheet):
    # ruleid: marked-safe
    mark_safe(name)
    # ruleid: marked-safe
    SafeString(name)
    # ruleid: marked-safe
    format_html(f"<b>{name}</b>")
    # ok: marked-safe
    format_html("<b>{}</b>", name)


def table(file, rows):
    # ruleid: csv-by-hand
    csv.writer(file).writerows(rows)
    # ruleid: csv-by-hand
    Workbook()
    # ok: csv-by-hand
    spreadsheets.unsealed_csv_file(["name"], rows)


def told_what_happened():
    try:
        save()
    except IntegrityError as error:
        # ruleid: error-text-shown
        return HttpResponse(str(error), status=409)


def told_by_name():
    try:
        save()
    except IntegrityError as error:
        # ok: error-text-shown
        raise RegisteredAlready("uscc") from error


def file(path):
    # ruleid: file-without-attachment
    FileResponse(path.open("rb"))
    # ok: file-without-attachment
    FileResponse(path.open("rb"), as_attachment=True)


def sent_on(request, found):
    # ruleid: redirect-by-the-caller
    redirect(request.GET["next"])
    # ruleid: redirect-by-the-caller
    HttpResponseRedirect(request.META["HTTP_REFERER"])
    # ok: redirect-by-the-caller
    redirect("employer:screening", request.POST["id"])
