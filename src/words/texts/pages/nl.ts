// Met “u”.
import type { en } from './en.ts'

export const nl = {
  'welcome.title': 'Welkom bij {organization}',
  'welcome.lead': '{inviter} nodigt u uit, als {email}.',
  'welcome.name': 'Uw naam',
  'welcome.passkey': 'Accepteren met een passkey',
  'welcome.link': 'Koppelen aan mijn account bij {organization}',
  'welcome.linkHint': 'Geen van beide organisaties krijgt dit te zien.',
  'welcome.noScript': 'Voor accepteren met een passkey zijn scripts nodig, en die staan in deze browser uit.',
  'welcome.other': 'Deze uitnodiging is voor iemand anders',
  'welcome.otherLead': 'Die is voor {email}, en u bent aangemeld als {name}.',
  'welcome.otherText':
    'Bent u beide, meld u dan hier eerst af. Laat de uitnodiging anders aan de persoon voor wie die is.',
  'welcome.signOut': 'Afmelden en doorgaan',
  'welcome.stay': 'Aangemeld blijven als {name}',
  'welcome.expired': 'Deze uitnodiging is verlopen',
  'welcome.expiredAsk': 'Vraag {inviter} om een nieuwe; dat kost één klik.',
  'welcome.expiredAskAnybody': 'Vraag een beheerder van {organization} om een nieuwe; dat kost één klik.',
  'welcome.accepted': 'Deze uitnodiging is geaccepteerd',
  'welcome.acceptedAdvice': 'Die werkt één keer. Was u dat, meld u dan aan.',
  'welcome.withdrawn': 'Deze uitnodiging is ingetrokken',
  'welcome.withdrawnAsk': 'Is dat volgens u een vergissing, vraag het dan aan {inviter}.',
  'welcome.withdrawnAskAnybody': 'Is dat volgens u een vergissing, vraag het dan aan een beheerder van {organization}.',
  'welcome.unknown': 'Deze uitnodiging is niet geldig',
  'welcome.unknownAdvice':
    'De link is misschien onvolledig of vervangen door een nieuwere mail. Gebruik de link in de laatste mail of vraag een nieuwe uitnodiging.',
  'undo.title': 'Deze aanmelding ongedaan maken?',
  'undo.text':
    'Via <b>{connection}</b> kan iemand zich als u aanmelden. Bent u dat niet, maak het dan ongedaan: wie zo is binnengekomen, wordt meteen afgemeld.',
  'undo.submit': 'Ongedaan maken',
  'undo.aside': 'Bent u het wel, sluit dan deze pagina; er is niets veranderd.',
  'undo.done': 'Het is ongedaan gemaakt',
  'undo.doneLead': 'Op die manier meldt niemand zich meer als u aan, en wie dat had gedaan, is afgemeld.',
  'undo.doneText': 'Vertel uw beheerder wat er is gebeurd en kies een nieuw wachtwoord als u er hier een hebt.',
  'undo.overAdvice':
    'Die is gebruikt of is ouder dan een week. Meld u aan en kijk bij Beveiliging op uw accountpagina, of vraag het aan uw beheerder.',
  'device.title': 'Aanmelden op een apparaat',
  'device.lead':
    'Voer de code in die het apparaat of programma voor u toont. Heeft iemand anders u de code gegeven, ga dan niet door: die zou als u worden aangemeld.',
  'device.unknown': 'Geen apparaat wacht (meer) op deze code. Controleer de code of begin daar opnieuw.',
  'device.confirm': 'Daar aanmelden bij {application}?',
  'device.confirmLead':
    '{application} kan dan voor {who} handelen op een apparaat dat deze code toont. Ga alleen door als dat apparaat voor u staat en u dit daar net bent begonnen.',
  'device.submit': 'Daar aanmelden',
  'device.refuse': 'Weigeren',
  'device.refused': 'Aanmelding geweigerd',
  'device.refusedLead': 'Het apparaat weet dat het niet is aangemeld. U kunt deze pagina sluiten.',
  'device.done': 'U bent daar aangemeld',
  'device.doneLead': '{application} gaat binnen enkele seconden vanzelf verder. U kunt deze pagina sluiten.',
  'device.toAccount': 'Mijn account openen',
  'goOn.title': 'Doorgaan naar {application}?',
  'goOn.lead':
    'Een programma op dit apparaat zegt dat het {application} is en wil voor {who} handelen. Ga alleen door als u het net zelf hebt gestart.',
  'signOut.title': 'Afmelden?',
  'signOut.lead': 'U wordt hier afgemeld en in alle toepassingen die u via deze aanmelding gebruikt.',
  'signOut.leadAsked':
    '{application} vraagt u af te melden. U wordt afgemeld in alle toepassingen die u via deze aanmelding gebruikt.',
  'signOut.submit': 'Afmelden',
  'signOut.stay': 'Aangemeld blijven',
  'signedOut.title': 'U bent afgemeld',
  'signedOut.lead': 'Sluit het venster als dit niet uw eigen apparaat is.',
  'signedOut.everywhere': 'Uw sessie hier en bij uw identiteitsprovider is beëindigd.',
  'signedOut.elsewhere': 'Op dit apparaat bent u nog aangemeld bij een andere organisatie. <link>Toon waar</link>',
  'signedOut.again': 'Opnieuw aanmelden',
  'leaving.title': 'U bent hier afgemeld',
  'leaving.lead': 'Daarna meldt ook de aanmelding van uw bedrijf u af.',
} as const satisfies Record<keyof typeof en, string>
