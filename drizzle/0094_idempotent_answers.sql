-- What was answered to a POST that carried an Idempotency-Key, for a day: the same request again is answered with it, and makes
-- nothing a second time. Written in the transaction of what it answers.
CREATE TABLE idempotent_answers (
  organization_id text NOT NULL,
  caller_id text NOT NULL,
  key_hash text NOT NULL,
  request_hash text NOT NULL,
  answer_sealed text NOT NULL,
  expires_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT idempotent_answers_organization_id_caller_id_key_hash_pk PRIMARY KEY (organization_id, caller_id, key_hash)
);
--> statement-breakpoint
CREATE INDEX idempotent_answers_expiry ON idempotent_answers (expires_at);--> statement-breakpoint
ALTER TABLE idempotent_answers ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
-- Above the organizations, a transaction has none.
CREATE POLICY own_organization ON idempotent_answers FOR ALL TO rolecall_server
  USING (organization_id = current_setting('rolecall.organization_id', true)
    OR organization_id = '' AND current_setting('rolecall.instance', true) = 'on')
  WITH CHECK (organization_id = current_setting('rolecall.organization_id', true)
    OR organization_id = '' AND current_setting('rolecall.instance', true) = 'on');--> statement-breakpoint
GRANT SELECT, INSERT ON idempotent_answers TO rolecall_server;--> statement-breakpoint
CREATE OR REPLACE FUNCTION sweep_expired() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM sign_in_requests r WHERE r.expires_at < now() - interval '1 hour';
  DELETE FROM used_messages m WHERE m.expires_at < now();
  DELETE FROM provider_artifacts p WHERE p.expires_at < now();
  DELETE FROM throttles t WHERE t.window_ends_at < now();
  DELETE FROM password_resets r WHERE r.expires_at < now() - interval '1 day';
  DELETE FROM reserved_names r WHERE r.reserved_until < now();
  DELETE FROM idempotent_answers a WHERE a.expires_at < now() $$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON TABLE idempotent_answers IS 'What was answered to POSTs with an Idempotency-Key, sealed, for a day. organization_id is empty for keys of the platform above the organizations.';
END $do$;
