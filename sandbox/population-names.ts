// The tables that population.ts draws from. Any likeness to a real person is chance.

export const givenNames: readonly string[] =
  `Ada Agnieszka Aino Amara Anouk Arjun Åsa Ben Björn Carmen Chidi Cleo Dara Dóra Drew Elif Emi Esra Fatima Fay Filip
  François Freya Gale Greta Hanna Hugo Ida Ilse Imani Ingrid İpek Isla Jamal Jiří Jonas José Jürgen Kaito Kim Lars Léa
  Lena Łucja Łukasz Maja Marek Mei Mikkel Mina Nadia Nia Noé Nora Olu Oskar Pia Priya Quinn Rafał Ravi René Ruth Saoirse
  Sade Sena Siân Søren Tariq Thea Þóra Tomás Uma Vera Wanjiru Wim Yara Yusuf Zoë Zuzana`.split(/\s+/)

export const familyNames: readonly string[] =
  `Abara Akín Alder Ångström Åkesson Bauer Bełza Brook Bùi Castle Çelik Chandra Dąbrowska Dunn Ellis Eriksen Farkas
  Fjeld Frost Gale Garvey Gómez Grünwald Haddad Halvorsen Harper Hofstra Ibarra Ito Jansen Jørgensen Kamara Keane Kimura
  Kowalski Kraft Laine Lindqvist Łopez Lund Marsh Mbeki Meißner Møller Moreau Nakata Nieminen Novák Nowak O'Dell Ødegård
  Okafor Olsen Özdemir Park Peña Petrov Quist Rahman Rask Reyes Rhee Sandoval Sato Schäfer Silva Šimek Skov Sørensen
  Stone Tamm Tanaka Thorne Türk Ueda Vance Varga Vogel Wallin Wójcik Yilmaz Young Zając Zhou`.split(/\s+/)

export type Department = { name: string; titles: readonly string[]; isMaking: boolean }

export const departments: readonly Department[] = [
  { name: 'Editorial', titles: ['Editor', 'Staff Writer', 'Copy Editor', 'Desk Editor'], isMaking: true },
  { name: 'Video', titles: ['Producer', 'Video Editor', 'Motion Designer'], isMaking: true },
  { name: 'Design', titles: ['Art Director', 'Designer', 'Illustrator'], isMaking: true },
  { name: 'Engineering', titles: ['Engineer', 'Staff Engineer', 'Site Reliability Engineer'], isMaking: true },
  { name: 'Marketing', titles: ['Campaign Lead', 'Brand Strategist', 'Analyst'], isMaking: false },
  { name: 'Sales', titles: ['Sales Representative', 'Partnerships Lead'], isMaking: false },
  { name: 'Legal', titles: ['Counsel', 'Rights Clerk'], isMaking: false },
  { name: 'Finance', titles: ['Controller', 'Bookkeeper'], isMaking: false },
]

export const locales: readonly string[] = ['en-GB', 'en-US', 'de-DE', 'da-DK', 'fr-FR', 'nb-NO', 'pl-PL', 'sv-SE']
