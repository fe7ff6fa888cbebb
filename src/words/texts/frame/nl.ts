// Met “u”.
import type { en } from './en.ts'

export const nl = {
  'frame.skip': 'Naar de inhoud',
  'frame.optional': '(optioneel)',
  'frame.reference': 'Referentie',
  'frame.about': 'Over deze dienst',
  'frame.help': 'Hulp',
  'frame.privacy': 'Privacy',
  'frame.terms': 'Gebruiksvoorwaarden',
  'frame.support': 'Ondersteuning: {contact}',
  'frame.continue': 'Doorgaan',
  'frame.signIn': 'Aanmelden',
  'frame.backToSignIn': 'Terug naar aanmelden',
  'frame.askForAccess': 'Toegang aanvragen',
  'fault.invalid.title': 'Dat is niet gelukt',
  'fault.invalid.advice':
    'Iets in het verzoek was niet zoals wij het verwachten. Ga terug, controleer wat u hebt ingevuld en probeer het opnieuw.',
  'fault.unauthenticated.title': 'Meld u aan',
  'fault.unauthenticated.advice': 'U bent niet of niet meer aangemeld. Meld u aan en probeer het opnieuw.',
  'fault.forbidden.title': 'U hebt hier geen toegang toe',
  'fault.forbidden.advice': 'Hebt u dit nodig voor uw werk, vraag het dan aan een beheerder van uw organisatie.',
  'fault.not_found.title': 'Hier is niets',
  'fault.not_found.advice':
    'De link is misschien oud of verkeerd getypt. Controleer het adres of ga terug naar waar u vandaan kwam.',
  'fault.conflict.title': 'Dit is al in gebruik',
  'fault.conflict.advice': 'Wat u hebt ingevuld, botst met iets dat al bestaat. Ga terug en kies iets anders.',
  'fault.precondition_failed.title': 'Iemand was u voor',
  'fault.precondition_failed.advice':
    'Dit is intussen gewijzigd. Ga terug, laad de pagina opnieuw en breng uw wijziging nog eens aan.',
  'fault.against_policy.title': 'Uw organisatie staat dit niet toe',
  'fault.against_policy.advice': 'Ga terug en doe het op een andere manier, of vraag een beheerder naar de regel.',
  'fault.precondition_required.title': 'Dit moet worden bevestigd',
  'fault.precondition_required.advice': 'Ga terug, bekijk wat de wijziging zou doen en bevestig die.',
  'fault.too_large.title': 'Dat was te veel',
  'fault.too_large.advice': 'Ga terug en verstuur minder tegelijk.',
  'fault.too_many.title': 'Te veel pogingen',
  'fault.too_many.advice': 'Wacht een minuut en probeer het dan opnieuw.',
  'fault.unavailable.title': 'We zijn zo terug',
  'fault.unavailable.advice':
    'De dienst is op dit moment niet beschikbaar. Wacht een paar seconden en laad de pagina opnieuw.',
  'fault.internal.title': 'Er ging iets mis aan onze kant',
  'fault.internal.advice':
    'Het ligt niet aan u. Probeer het opnieuw; gebeurt het weer, geef dan de referentie hieronder aan uw beheerder.',
} as const satisfies Record<keyof typeof en, string>
