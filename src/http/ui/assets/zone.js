// Tells the server the zone of this browser, in which times are shown where the profile names none. Without scripts they are in
// UTC, and say so.
const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone?.replaceAll('/', '~')
const year = 31_536_000_000
if (zone && /^[\w.~-]+$/.test(zone))
  globalThis.cookieStore?.set({
    ...{ name: '__Host-rolecall_zone', value: zone, path: '/', sameSite: 'lax' },
    expires: Date.now() + year,
  })
