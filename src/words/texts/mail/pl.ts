// Tryb rozkazujący, bez „Pan” i „Pani”.
import type { en } from './en.ts'

export const pl = {
  'mail.administrator': 'Administrator organizacji {organization}',
  'mail.held': '{role} w: {place}',
  'mail.heldUntil': '{role} w: {place}, do {time}',
  'invitation.subject': 'Zaproszenie do {organization}',
  'invitation.lead': '{inviter} zaprasza Cię do {organization}.',
  'invitation.roles': 'Twoje role: {roles}.',
  'invitation.allowed': 'W drodze wyjątku wolno Ci: {permissions}.',
  'invitation.denied': 'W drodze wyjątku nie wolno Ci: {permissions}.',
  'invitation.choose':
    'Aby utworzyć konto, otwórz link i wybierz hasło lub klucz dostępu. Potem logujesz się tym adresem e-mail.',
  'invitation.provider':
    'Nowe hasło nie jest potrzebne: otwórz link i zaloguj się przez {provider}, tak jak do innych zadań w pracy.',
  'invitation.action': 'Przyjmij zaproszenie',
  'invitation.closing':
    'Link jest tylko dla Ciebie, działa raz i jest ważny do {time}. Jeśli to nieoczekiwana wiadomość, nie musisz nic robić.',
  'newPassword.subject': 'Wybierz nowe hasło do {organization}',
  'newPassword.lead': 'Ktoś, najpewniej Ty, poprosił o nowe hasło do konta {name} w {organization}.',
  'newPassword.action': 'Wybierz nowe hasło',
  'newPassword.closing':
    'Link działa raz, przez {minutes, plural, one {# minutę} few {# minuty} many {# minut} other {# minuty}}. Jeśli to nie Twoja prośba, nie rób nic: hasło pozostaje bez zmian.',
  'passwordChanged.subject': 'Hasło do {organization} zostało zmienione',
  'passwordChanged.lead':
    'Hasło do konta {name} w {organization} zostało właśnie zmienione, a pozostałe sesje zakończone.',
  'passwordChanged.closing':
    'Jeśli to Ty, nie musisz nic robić. Jeśli nie, wybierz nowe hasło na stronie {url} i powiadom administratora.',
  'newAddress.subject': 'Potwierdź nowy adres w {organization}',
  'newAddress.lead': 'Konto {name} w {organization} ma odtąd logować się tym adresem.',
  'newAddress.action': 'Potwierdź adres',
  'newAddress.closing':
    'Link działa raz, przez {hours, plural, one {# godzinę} few {# godziny} many {# godzin} other {# godziny}}, tam, gdzie zalogowane jest konto {name}. Jeśli to nieoczekiwana wiadomość, nie rób nic.',
  'addressChanged.subject': 'Adres w {organization} został zmieniony',
  'addressChanged.lead': 'Konto {name} w {organization} loguje się odtąd adresem {email}, a nie tym.',
  'addressChanged.closing': 'Jeśli to nie Ty, natychmiast powiadom administratora.',
  'linked.subject': 'Od teraz {connection} może zalogować Cię do {organization}',
  'linked.lead':
    'Logowanie przez {connection} zostało właśnie powiązane z kontem {name} w {organization}. Kto ma tamto konto, może zalogować się jako Ty.',
  'linked.action': 'To nie ja: cofnij',
  'linked.closing':
    'Jeśli to oczekiwana zmiana, nie musisz nic robić. Link usuwa to logowanie i działa raz, przez {days, plural, one {# dzień} few {# dni} many {# dni} other {# dnia}}; nic się nie stanie, dopóki tego nie potwierdzisz.',
  'ending.subject': 'Twój dostęp do {place} kończy się {date}',
  'ending.subjectOf': 'Dostęp użytkownika {holder} do {place} kończy się {date}',
  'ending.lead':
    '{time} kończy się Twoje przypisanie: {role} w: {place}. Od tej chwili to, na co pozwala, jest odrzucane.',
  'ending.leadOf':
    '{time} kończy się przypisanie użytkownika {holder}: {role} w: {place}. Od tej chwili to, na co pozwala, jest odrzucane.',
  'ending.action': 'Przedłuż przypisanie',
  'ending.closing': 'Jeśli potrzebujesz go dłużej, zwróć się do administratora, który może zmienić datę zakończenia.',
  'ending.closingOf':
    'Jesteś wskazany jako osoba odpowiedzialna. Jeśli przypisanie jest potrzebne dłużej, zmień datę zakończenia lub poproś o to administratora. Jeśli nie, nie musisz nic robić.',
  'inactive.subject': 'Twoje konto w {organization} zostanie wyłączone {date}',
  'inactive.lead':
    'Konto w {organization} nie było używane od {since}. Jeśli to się nie zmieni, zostanie wyłączone {time}: logowanie nie będzie możliwe, a sesje się zakończą.',
  'inactive.keep': 'Aby je zachować, zaloguj się raz przed tym terminem. Nic więcej nie trzeba robić.',
  'inactive.closing':
    'Jeśli konto nie jest już potrzebne, nie musisz nic robić. Administrator może je ponownie włączyć.',
  'changed.subject': 'Twój dostęp w {organization} się zmienił',
  'changed.roleGiven':
    'Otrzymujesz rolę {role} w: {place}{ends, select, yes {, do {time}} other {}}{replaces, select, yes {, zamiast roli {former}} other {}}. Nadaje ją {who}.',
  'changed.roleTaken': 'Nie masz już roli {role} w: {place}. Odbiera ją {who}.',
  'changed.roleMoved':
    'Zmienił się termin roli {role} w: {place}. Masz ją {ends, select, yes {do {time}} other {bezterminowo}}. Zmienia go {who}.',
  'changed.allowGiven':
    'Otrzymujesz uprawnienie {permission} w: {place}{ends, select, yes {, do {time}} other {}}. Nadaje je {who}.',
  'changed.allowTaken': 'Nie masz już uprawnienia {permission} w: {place}. Odbiera je {who}.',
  'changed.allowMoved':
    'Zmienił się termin uprawnienia {permission} w: {place}. Masz je {ends, select, yes {do {time}} other {bezterminowo}}. Zmienia go {who}.',
  'changed.denyGiven':
    'Tracisz uprawnienie {permission} w: {place}{ends, select, yes {, do {time}} other {}}. Odbiera je {who}.',
  'changed.denyTaken': 'Odzyskujesz uprawnienie {permission} w: {place}. Przywraca je {who}.',
  'changed.denyMoved':
    'Zmienił się termin, do którego nie masz uprawnienia {permission} w: {place}: {ends, select, yes {do {time}} other {bezterminowo}}. Zmienia go {who}.',
  'changed.action': 'Zobacz mój dostęp',
  'changed.closing':
    'Otrzymujesz tę wiadomość, ponieważ zmieniły się Twoje uprawnienia. Jeśli coś się nie zgadza, zapytaj administratora.',
  'digest.lead': 'Od {time} w Twoim dostępie do {organization} zmieniło się:',
  'digest.gained': 'Masz teraz rolę {role} w: {place}, przez: {through}.',
  'digest.lost': 'Nie masz już roli {role} w: {place}. Wynikała z: {through}.',
  'digest.withheld': 'Reguła {rule} nie pozwala Ci mieć roli {role} w: {place}. Wynikałaby z: {through}.',
  'digest.allowCounts': 'Twoje własne uprawnienie {permission} w: {place} teraz obowiązuje, bo masz tam rolę.',
  'digest.allowPauses': 'Twoje własne uprawnienie {permission} w: {place} już nie obowiązuje, bo nie masz tam roli.',
  'digest.denyCounts':
    'Odmowa {permission} w: {place}, która dotyczy tylko Ciebie, teraz obowiązuje, bo masz tam rolę.',
  'digest.denyPauses':
    'Odmowa {permission} w: {place}, która dotyczy tylko Ciebie, już nie obowiązuje, bo nie masz tam roli.',
  'digest.roleAllows': 'Rola {role} pozwala teraz na: {permissions}.',
  'digest.roleRefuses': 'Rola {role} nie pozwala już na: {permissions}.',
  'digest.by': 'Zmienił(a): {name}.',
  'digest.more': 'I jeszcze {count, plural, one {# zmiana} few {# zmiany} many {# zmian} other {# zmiany}}.',
  'through.direct': 'bezpośrednio: {reason}',
  'through.team': 'zespół {name}',
  'through.filter': 'filtr {filter}',
  'through.group': 'grupa {name}',
  'through.inside': '{name} w: {outer}',
} as const satisfies Record<keyof typeof en, string>
