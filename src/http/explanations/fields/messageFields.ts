import type { ExplanationRow } from '../explanationRow.ts';

/**
 * The message, the connection and the way between them: RFC 9112, sections 6, 7 and 10 of RFC 9110, and what
 * extends them (proxies, other protocols, tracing).
 */
export const messageFields: readonly ExplanationRow[] = [
  ['Allow', '9110#10.2.1', 'Lists the methods that the target takes.'],
  ['ALPN', '7639#2', 'Tells a proxy which protocol will be spoken through the tunnel that it is asked for.'],
  ['Alt-Svc', '7838#3', 'Says that the same origin is served at another address or by another protocol too.'],
  ['Alt-Used', '7838#5', 'Names the alternative service that the client has chosen.'],
  ['Capsule-Protocol', '9297#3.4', 'Says that the data after the upgrade comes in capsules.'],
  [
    'CDN-Loop',
    '8586#2',
    'Lists the delivery networks that have passed the request on, so that a loop is noticed.',
  ],
  ['Close', '9112#9.6', 'Is reserved: "close" is an option of the Connection field, not a field.'],
  [
    'Connection',
    '9110#7.6.1',
    'Says what holds for this connection alone: "close" ends it after the answer, "keep-alive" keeps it.',
  ],
  ['Date', '9110#6.6.1', 'Says when the message was made.'],
  ['Deprecation', '9745#2', 'Says since when this resource should no longer be used.'],
  ['Early-Data', '8470#5.1', 'Says that the request came in data that could be replayed.'],
  ['Expect', '9110#10.1.1', 'Asks for an interim "100 Continue" before the client sends its body.'],
  [
    'Forwarded',
    '7239#4',
    'Lists, for the server behind proxies, the client and the proxies that the request went through.',
  ],
  ['From', '9110#10.1.2', 'Gives the mail address of the person behind an automatic client.'],
  [
    'Host',
    '9110#7.2',
    'Names the host and port that the request is for: several sites can live at one address.',
  ],
  ['HTTP2-Settings', '7540#3.2.1', 'Once carried the settings for going on in HTTP/2; no longer in use.'],
  [
    'Idempotency-Key',
    'Idempotency-Key (draft)',
    'Names a request, so that the server carries it out once even if it comes twice.',
  ],
  [
    'Keep-Alive',
    '2068#19.7.1.1',
    'Says how long and for how many requests the connection will be kept; a hint only.',
  ],
  ['Link', '8288#3', 'Relates this resource to others, such as a stylesheet to load early or the next page.'],
  ['Link-Template', '9652#2', 'As Link, with addresses that have places to be filled in.'],
  ['Location', '9110#10.2.2', 'Names where to go next, or what was just made.'],
  ['Max-Forwards', '9110#7.6.2', 'Says how many proxies may still pass a TRACE or OPTIONS on.'],
  ['MIME-Version', '9112#B.1', 'Comes from mail, and says nothing in HTTP.'],
  [
    'Prefer',
    '7240#2',
    'Says how the client would like the request to be handled, such as without a body in the answer.',
  ],
  ['Preference-Applied', '7240#3', 'Says which wishes of the Prefer field were fulfilled.'],
  ['Priority', '9218#4', 'Says how urgent this is compared with other answers on the way.'],
  [
    'Proxy-Connection',
    '9112#C.2.2',
    'Was never a standard: old clients sent it to proxies in place of Connection.',
  ],
  ['Proxy-Status', '9209#2', 'Says what proxies on the way did with the answer, and what went wrong.'],
  [
    'Referer',
    '9110#10.1.3',
    'Names the page from which the request came. The misspelling is part of the standard.',
  ],
  ['Retry-After', '9110#10.2.3', 'Says when to come back: a time, or a number of seconds.'],
  ['Sec-WebSocket-Accept', '6455#11.3.3', 'Proves that the server understood the request for a WebSocket.'],
  ['Sec-WebSocket-Extensions', '6455#11.3.2', 'Lists extensions of the WebSocket that is to be opened.'],
  [
    'Sec-WebSocket-Key',
    '6455#11.3.1',
    'Carries a random value that the server must answer to open a WebSocket.',
  ],
  ['Sec-WebSocket-Protocol', '6455#11.3.4', 'Lists the protocols that could be spoken over the WebSocket.'],
  ['Sec-WebSocket-Version', '6455#11.3.5', 'Says which version of the WebSocket protocol is meant.'],
  ['Server', '9110#10.2.4', 'Says which software serves this.'],
  ['Sunset', '8594#3', 'Says when this resource will probably go away.'],
  [
    'TE',
    '9110#10.1.4',
    'Lists the transfer codings that the client takes; "trailers" says that it reads fields after the body.',
  ],
  ['Traceparent', 'Trace Context', 'Numbers this request in a trace that goes through several services.'],
  ['Tracestate', 'Trace Context', 'Carries what each tracing system adds to such a trace.'],
  ['Trailer', '9110#6.6.2', 'Announces the fields that will follow after the body.'],
  [
    'Transfer-Encoding',
    '9112#6.1',
    'Says that the body is wrapped for the way: "chunked" sends it in pieces, each with its size.',
  ],
  ['Upgrade', '9110#7.8', 'Lists other protocols that could be spoken on this connection from here on.'],
  [
    'User-Agent',
    '9110#10.1.5',
    "Names the client's software. Browsers name each other in it, for the sake of old sites.",
  ],
  ['Via', '9110#7.6.3', 'Lists the proxies that the message went through.'],
  [
    'X-Forwarded-For',
    '7239#7.4',
    'Lists the client and the proxies on the way; Forwarded is its standard form.',
  ],
  [
    'X-Forwarded-Host',
    '7239#7.4',
    'Says which host the client asked a proxy for; Forwarded is its standard form.',
  ],
  [
    'X-Forwarded-Proto',
    '7239#7.4',
    'Says whether the client reached the proxy by http or https; Forwarded is its standard form.',
  ],
  [
    'X-Powered-By',
    'No standard',
    'Says which software made the answer; better left out, as it helps attackers.',
  ],
  ['X-Real-IP', 'No standard', 'Gives the address of the client that a proxy answers for.'],
  ['X-Request-ID', 'No standard', 'Numbers the request, so that it can be found in logs.'],
];
