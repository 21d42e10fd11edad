/**
 * What MDN has a page about. The fields are those that have an `mdn_url` in @mdn/browser-compat-data 8.1.9 (CC0).
 */
const words = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().split(/\s+/));

export const mdnFields = words(`
  Accept Accept-CH Accept-Encoding Accept-Language Accept-Ranges Access-Control-Allow-Credentials
  Access-Control-Allow-Headers Access-Control-Allow-Methods Access-Control-Allow-Origin
  Access-Control-Expose-Headers Access-Control-Max-Age Access-Control-Request-Headers
  Access-Control-Request-Method Activate-Storage-Access Age Alt-Svc Attribution-Reporting-Eligible
  Attribution-Reporting-Register-Source Attribution-Reporting-Register-Trigger Authorization
  Available-Dictionary Cache-Control Clear-Site-Data Connection Content-DPR Content-Disposition
  Content-Encoding Content-Language Content-Length Content-Location Content-Range Content-Security-Policy
  Content-Security-Policy-Report-Only Content-Type Cookie Critical-CH Cross-Origin-Embedder-Policy
  Cross-Origin-Embedder-Policy-Report-Only Cross-Origin-Opener-Policy Cross-Origin-Resource-Policy DNT DPR
  Date Device-Memory Dictionary-ID Downlink ECT ETag Expect-CT Expires From Host Idempotency-Key If-Match
  If-Modified-Since If-None-Match If-Range If-Unmodified-Since Integrity-Policy
  Integrity-Policy-Report-Only Keep-Alive Last-Modified Link Location NEL No-Vary-Search
  Observe-Browsing-Topics Origin Origin-Agent-Cluster Permissions-Policy Permissions-Policy-Report-Only
  Pragma Priority Proxy-Authenticate RTT Range Referer Referrer-Policy Refresh Report-To
  Reporting-Endpoints Retry-After Save-Data Sec-Browsing-Topics Sec-CH-DPR Sec-CH-Device-Memory
  Sec-CH-Prefers-Color-Scheme Sec-CH-Prefers-Reduced-Motion Sec-CH-Prefers-Reduced-Transparency Sec-CH-UA
  Sec-CH-UA-Arch Sec-CH-UA-Bitness Sec-CH-UA-Form-Factors Sec-CH-UA-Full-Version
  Sec-CH-UA-Full-Version-List Sec-CH-UA-Mobile Sec-CH-UA-Model Sec-CH-UA-Platform
  Sec-CH-UA-Platform-Version Sec-CH-UA-WoW64 Sec-CH-Viewport-Height Sec-CH-Viewport-Width Sec-CH-Width
  Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-Storage-Access Sec-Fetch-User Sec-GPC
  Sec-Private-State-Token Sec-Private-State-Token-Crypto-Version Sec-Private-State-Token-Lifetime
  Sec-Purpose Sec-Redemption-Record Sec-Speculation-Tags Sec-WebSocket-Accept Sec-WebSocket-Extensions
  Sec-WebSocket-Key Sec-WebSocket-Protocol Sec-WebSocket-Version Server Server-Timing Service-Worker
  Service-Worker-Allowed Service-Worker-Navigation-Preload Set-Cookie Set-Login SourceMap
  Speculation-Rules Strict-Transport-Security Supports-Loading-Mode TE Timing-Allow-Origin Trailer
  Transfer-Encoding Upgrade Upgrade-Insecure-Requests Use-As-Dictionary User-Agent Vary Via Viewport-Width
  WWW-Authenticate Warning Width X-Content-Type-Options X-DNS-Prefetch-Control X-Frame-Options
  X-XSS-Protection
`);

export const mdnMethods = words('CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT TRACE');

export const mdnStatuses = words(`
  100 101 102 103 200 201 202 203 204 205 206 207 208 226 300 301 302 303 304 307 308 400 401 402 403 404 405
  406 407 408 409 410 411 412 413 414 415 416 417 418 421 422 423 424 425 426 428 429 431 451 500 501 502 503
  504 505 506 507 508 510 511
`);
