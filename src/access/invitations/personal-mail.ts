// Domains of personal mail: whoever is invited at one keeps the address when they leave their employer.

/** The usual ones; an organization may keep a list of its own. */
const usual = [
  ...['gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'hotmail.co.uk', 'live.com', 'msn.com', 'yahoo.com'],
  ...[
    'yahoo.co.uk',
    'yahoo.de',
    'ymail.com',
    'icloud.com',
    'me.com',
    'mac.com',
    'aol.com',
    'proton.me',
    'protonmail.com',
  ],
  ...[
    'pm.me',
    'tutanota.com',
    'tuta.io',
    'fastmail.com',
    'hey.com',
    'zoho.com',
    'mail.com',
    'gmx.de',
    'gmx.net',
    'gmx.at',
  ],
  ...[
    'gmx.ch',
    'gmx.com',
    'web.de',
    't-online.de',
    'freenet.de',
    'posteo.de',
    'mailbox.org',
    'bluewin.ch',
    'orange.fr',
  ],
  ...[
    'free.fr',
    'laposte.net',
    'libero.it',
    'virgilio.it',
    'wp.pl',
    'o2.pl',
    'seznam.cz',
    'mail.ru',
    'yandex.ru',
    'qq.com',
  ],
  ...['163.com', '126.com', 'naver.com', 'hanmail.net', 'rediffmail.com', 'uol.com.br', 'bol.com.br', 'comcast.net'],
] as const

/** @param own the organization's list; null: the usual one */
export const isPersonalMail = (domain: string, own: readonly string[] | null): boolean =>
  (own ?? usual).some((each) => each.toLowerCase() === domain)
