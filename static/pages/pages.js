// GOV.UK Frontend's behaviours. Everything works without this file too.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
