from django.contrib import admin
from django.urls import path

from sharing.desk.overdue import overdue
from sharing.desk.recipients import recipients
from sharing.desk.timeliness import timeliness_page

app_name = "sharing_desk"
urlpatterns = [
    path("timeliness/", admin.site.admin_view(timeliness_page), name="timeliness"),
    path("overdue/", admin.site.admin_view(overdue), name="overdue"),
    path("listings/<slug:number>/", admin.site.admin_view(recipients), name="recipients"),
]
