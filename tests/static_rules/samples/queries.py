def chosen_by_the_caller(request, Listing, cursor, Q, RawSQL):
    sent = request.GET.dict()
    # ruleid: query-by-the-caller
    Listing.objects.filter(**sent)
    # ruleid: query-by-the-caller
    Q(**request.data)
    # ruleid: query-by-the-caller
    Listing.objects.order_by(request.GET.get("ordering"))
    # ruleid: query-by-the-caller
    Listing.objects.values(request.query_params["field"])
    # ruleid: query-by-the-caller
    Listing.objects.annotate(**json.loads(request.body))
    # ok: query-by-the-caller
    Listing.objects.order_by(ORDERS[request.GET["ordering"]])
    # ok: query-by-the-caller
    Listing.objects.filter(number=request.GET["number"])


def put_together(cursor, name, Person):
    # ruleid: sql-put-together
    cursor.execute(f"SELECT 1 FROM registry_person WHERE name = '{name}'")
    # ruleid: sql-put-together
    cursor.execute("SELECT 1 WHERE name = '" + name + "'")
    # ruleid: sql-put-together
    cursor.execute("SELECT 1 WHERE name = '%s'" % name)
    # ruleid: sql-put-together
    Person.objects.raw(f"SELECT * FROM registry_person WHERE name = '{name}'")
    # ok: sql-put-together
    cursor.execute("SELECT 1 WHERE name = %s", [name])


def by_hand(cursor, Person):
    # ruleid: sql-by-hand
    cursor.execute("SELECT 1")
    # ruleid: sql-by-hand
    Person.objects.raw("SELECT 1")
    # ruleid: sql-by-hand
    Person.objects.annotate(one=RawSQL("SELECT 1", []))
    # ruleid: sql-by-hand
    Person.objects.all().extra(where=["1=1"])
    # ok: sql-by-hand
    Person.objects.filter(pk=1)


def among_everybodys(Endpoint, member, pk):
    # ruleid: object-without-scope
    get_object_or_404(Endpoint, pk=pk)
    # ok: object-without-scope
    get_object_or_404(Endpoint, pk=pk, department_id=member.organisation_id)
