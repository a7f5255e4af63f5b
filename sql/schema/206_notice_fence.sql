-- A notice says under which fence it was sent: together with the progress it tells an older notice from a newer row.

CREATE OR REPLACE FUNCTION modelops.notify_batch_job() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('modelops_jobs', json_build_object(
        'batch_id', NEW.batch_id, 'status', NEW.status, 'progress', NEW.progress, 'fence', NEW.fence,
        'current_step', left(NEW.current_step, 200), 'step', NEW.step)::text);
    RETURN NULL;
END
$$;
