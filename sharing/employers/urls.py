from django.urls import path

from sharing.employers import api, batch_api, campaigns_api, monitoring_api, requests_api, results_api

urlpatterns = [
    path("screenings", api.ScreeningsView.as_view(), name="screenings"),
    path("screenings/<str:id>", api.ScreeningView.as_view(), name="screening"),
    path("screenings/<str:id>/consent-form", api.ConsentFormView.as_view(), name="consent_form"),
    path("screenings/<str:id>/paper", results_api.PaperView.as_view(), name="screening_paper"),
    path("recalled-results", results_api.RecalledResultsView.as_view(), name="recalled_results"),
    path("recalled-results/<str:id>", results_api.RecalledResultView.as_view(), name="recalled_result"),
    path("batches", batch_api.BatchesView.as_view(), name="batches"),
    path("batches/<str:id>", batch_api.BatchView.as_view(), name="batch"),
    path("batches/<str:id>/results", batch_api.BatchResultsView.as_view(), name="batch_results"),
    path("campaigns", campaigns_api.CampaignsView.as_view(), name="campaigns"),
    path("campaigns/<str:id>", campaigns_api.CampaignView.as_view(), name="campaign"),
    path("campaigns/<str:id>/rows", campaigns_api.CampaignRowsView.as_view(), name="campaign_rows"),
    path("campaigns/<str:id>/rows/<str:place>", campaigns_api.CampaignRowView.as_view(), name="campaign_row"),
    path("campaigns/<str:id>/links", campaigns_api.CampaignLinksView.as_view(), name="campaign_links"),
    path("campaigns/<str:id>/forms", campaigns_api.CampaignFormsView.as_view(), name="campaign_forms"),
    path("monitorings", monitoring_api.MonitoringsView.as_view(), name="monitorings"),
    path("monitorings/<str:id>", monitoring_api.MonitoringView.as_view(), name="monitoring"),
    path("consent-requests", requests_api.ConsentRequestsView.as_view(), name="consent_requests"),
    path("consent-requests/<str:id>", requests_api.ConsentRequestView.as_view(), name="consent_request"),
    path("consent-requests/<str:id>/link", requests_api.ConsentLinkView.as_view(), name="consent_request_link"),
]
