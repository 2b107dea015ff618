function seconds = np_stolen_seconds(file)
%NP_STOLEN_SECONDS Processor seconds that the hypervisor gave to other machines.
%   SECONDS = NP_STOLEN_SECONDS('/proc/stat') is their sum over all processors
%   since this machine started, in steps of 10 ms; [] if FILE does not say.

seconds = [];
counts = sscanf(np_first_line(file), 'cpu %f %f %f %f %f %f %f %f');
if numel(counts) == 8
  seconds = counts(8) / 100;
end
end
