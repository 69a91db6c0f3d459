from django.contrib import admin
from django.urls import path

from sharing.desk.endpoints import endpoint
from sharing.desk.recipients import recipients

app_name = "sharing_desk"
urlpatterns = [
    path("listings/<slug:number>/", admin.site.admin_view(recipients), name="recipients"),
    path("endpoints/<slug:endpoint_id>/", admin.site.admin_view(endpoint), name="endpoint"),
]
