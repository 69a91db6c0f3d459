from django.contrib import admin
from django.urls import path

from sharing.desk.overdue import overdue
from sharing.desk.recipients import recipients

app_name = "sharing_desk"
urlpatterns = [
    path("overdue/", admin.site.admin_view(overdue), name="overdue"),
    path("listings/<slug:number>/", admin.site.admin_view(recipients), name="recipients"),
]
