// Tryb rozkazujący, bez „Pan” i „Pani”.
import type { en } from './en.ts'

export const pl = {
  'welcome.title': 'Witamy w {organization}',
  'welcome.lead': 'Zaprasza Cię {inviter}, jako {email}.',
  'welcome.name': 'Imię i nazwisko',
  'welcome.passkey': 'Przyjmij za pomocą klucza dostępu',
  'welcome.link': 'Połącz z moim kontem w {organization}',
  'welcome.linkHint': 'Żadna z organizacji nie jest o tym informowana.',
  'welcome.noScript': 'Przyjęcie za pomocą klucza dostępu wymaga skryptów, które są wyłączone w tej przeglądarce.',
  'welcome.other': 'To zaproszenie jest dla kogoś innego',
  'welcome.otherLead': 'Jest dla {email}, a korzystasz z konta {name}.',
  'welcome.otherText':
    'Jeśli oba konta są Twoje, najpierw wyloguj się tutaj. W przeciwnym razie zostaw zaproszenie osobie, dla której jest przeznaczone.',
  'welcome.signOut': 'Wyloguj się i kontynuuj',
  'welcome.stay': 'Pozostań na koncie {name}',
  'welcome.expired': 'To zaproszenie wygasło',
  'welcome.expiredAsk': 'O nowe poproś: {inviter}. Wystarczy jedno kliknięcie.',
  'welcome.expiredAskAnybody': 'O nowe poproś administratora organizacji {organization}. Wystarczy jedno kliknięcie.',
  'welcome.accepted': 'To zaproszenie zostało przyjęte',
  'welcome.acceptedAdvice': 'Działa tylko raz. Jeśli to Ty, zaloguj się.',
  'welcome.withdrawn': 'To zaproszenie zostało wycofane',
  'welcome.withdrawnAsk': 'Jeśli to pomyłka, zapytaj: {inviter}.',
  'welcome.withdrawnAskAnybody': 'Jeśli to pomyłka, zapytaj administratora organizacji {organization}.',
  'welcome.unknown': 'To zaproszenie jest nieważne',
  'welcome.unknownAdvice':
    'Link może być niepełny albo zastąpiła go nowsza wiadomość. Użyj linku z ostatniej wiadomości lub poproś o nowe zaproszenie.',
  'undo.title': 'Cofnąć to logowanie?',
  'undo.text':
    'Przez <b>{connection}</b> ktoś może zalogować się jako Ty. Jeśli to nie Ty, cofnij to: każdy, kto tak wszedł, zostanie natychmiast wylogowany.',
  'undo.submit': 'Cofnij logowanie',
  'undo.aside': 'Jeśli to Ty, zamknij tę stronę; nic się nie zmieniło.',
  'undo.done': 'Logowanie zostało cofnięte',
  'undo.doneLead': 'W ten sposób nikt już nie zaloguje się jako Ty, a otwarte sesje zostały zakończone.',
  'undo.doneText': 'Powiadom administratora i wybierz nowe hasło, jeśli masz je tutaj.',
  'undo.overAdvice':
    'Został użyty albo ma ponad tydzień. Zaloguj się i zajrzyj do sekcji Bezpieczeństwo na stronie konta lub zapytaj administratora.',
  'device.title': 'Zaloguj się na urządzeniu',
  'device.lead':
    'Wpisz kod, który pokazuje urządzenie lub program przed Tobą. Jeśli kod podał ktoś inny, nie kontynuuj: ta osoba zaloguje się jako Ty.',
  'device.unknown': 'Żadne urządzenie nie czeka (już) na ten kod. Sprawdź go lub zacznij tam od nowa.',
  'device.confirm': 'Zalogować się tam do {application}?',
  'device.confirmLead':
    '{application} będzie mogła działać jako {who} na urządzeniu, które pokazuje ten kod. Kontynuuj tylko wtedy, gdy masz to urządzenie przed sobą i właśnie tam to rozpoczęto.',
  'device.submit': 'Zaloguj się tam',
  'device.refuse': 'Odmów',
  'device.refused': 'Odmówiono logowania',
  'device.refusedLead': 'Urządzenie otrzymało informację, że nie jest zalogowane. Możesz zamknąć tę stronę.',
  'device.done': 'Zalogowano na urządzeniu',
  'device.doneLead': '{application} za kilka sekund sama przejdzie dalej. Możesz zamknąć tę stronę.',
  'device.toAccount': 'Otwórz moje konto',
  'goOn.title': 'Przejść do {application}?',
  'goOn.lead':
    'Program na tym urządzeniu podaje się za {application} i chce działać jako {who}. Kontynuuj tylko wtedy, gdy właśnie został przez Ciebie uruchomiony.',
  'signOut.title': 'Wylogować się?',
  'signOut.lead': 'Nastąpi wylogowanie tutaj i we wszystkich aplikacjach używanych przez to logowanie.',
  'signOut.leadAsked':
    '{application} prosi o wylogowanie. Nastąpi wylogowanie ze wszystkich aplikacji używanych przez to logowanie.',
  'signOut.submit': 'Wyloguj się',
  'signOut.stay': 'Pozostań zalogowany',
  'signedOut.title': 'Wylogowano',
  'signedOut.lead': 'Zamknij okno, jeśli to nie jest Twoje urządzenie.',
  'signedOut.everywhere': 'Twoja sesja tutaj i u dostawcy tożsamości dobiegła końca.',
  'signedOut.elsewhere': 'Na tym urządzeniu nadal trwa sesja w innej organizacji. <link>Pokaż gdzie</link>',
  'signedOut.again': 'Zaloguj się ponownie',
  'leaving.title': 'Wylogowano tutaj',
  'leaving.lead': 'Teraz wyloguje Cię także logowanie Twojej firmy.',
} as const satisfies Record<keyof typeof en, string>
