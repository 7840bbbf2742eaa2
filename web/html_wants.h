// What of a page is asked for beside its links to other pages. Plain data; any thread.
#pragma once

namespace web {

struct HtmlWants {
  bool requisites = false;  // what the page is shown with: images, scripts, style sheets, media, ...
  bool forms = false;       // the actions of forms that are sent with GET
};

}  // namespace web
