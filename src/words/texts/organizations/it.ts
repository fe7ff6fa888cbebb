// Forma impersonale, senza «tu» né «Lei» dove si può.
import type { en } from './en.ts'

export const it = {
  'orgs.title': 'Le organizzazioni',
  'orgs.choose': 'Scegliere un’organizzazione',
  'orgs.lead': 'Su questo dispositivo è aperta una sessione in:',
  'orgs.here': '<b>{organization}</b>, come {name} (ora)',
  'orgs.continue': 'Continua in {organization}, come {name}',
  'orgs.switch': 'Passa a {organization}, come {name}',
  'orgs.signInAt': 'Accedi a {organization}, come {name}',
  'orgs.another': 'Accedi a un’altra organizzazione',
  'orgs.signOutAll': 'Esci da tutte',
  'orgs.links': 'Account collegati',
  'orgs.linksText':
    'Gli account collegati al proprio in {organization} sono proposti qui su ogni dispositivo. Nessuna organizzazione viene a sapere degli account altrove.',
  'orgs.link': 'Collega a {organization}',
  'orgs.unlink': 'Scollega {organization}',
  'orgs.ended': 'Quella sessione è terminata',
  'orgs.endedText': 'Accedere di nuovo lì.',
  'orgs.linked': 'Gli account sono collegati',
  'orgs.linkedText': 'Nessuna delle due organizzazioni ne viene informata.',
  'orgs.unlinked': 'Gli account non sono più collegati',
  'orgs.unlinkedText': 'Le sessioni non cambiano.',
  'orgs.proveThere': 'Confermare l’identità anche lì',
  'orgs.proveThereText': 'Passare lì, confermare l’identità e collegare gli account entro dieci minuti.',
  'orgs.sendNow': 'Inviare il modulo ora?',
  'orgs.sendNowLead': 'Non è stato ancora inviato nulla. Proseguire solo se il modulo è stato compilato di persona.',
  'orgs.send': 'Invia il modulo',
  'orgs.cancel': 'Annulla',
} as const satisfies Record<keyof typeof en, string>
