function [starts, stops] = np_batches(job, count)
%NP_BATCHES First and last image of each forward pass.
%   [STARTS, STOPS] = NP_BATCHES(JOB, COUNT) divides COUNT images into batches
%   of as many as the job's option `batch` ['16'] says. The option `parts`
%   [COUNT] is a list such as '256,256,88': a batch ends where a part does.

batch = str2double(np_field(job.options, 'batch', '16'));
parts = str2double(strsplit(np_field(job.options, 'parts', num2str(count)), ','));
if sum(parts) ~= count
  error('netparity:job', ['The option `parts` has %d images, but the job has ' ...
    '%d; correct the job.'], sum(parts), count);
end
starts = [];
stops = [];
first = 1;
for k = 1:numel(parts)
  last = first + parts(k) - 1;
  begun = first:batch:last;
  starts = [starts begun];
  stops = [stops min(begun + batch - 1, last)];
  first = last + 1;
end
end
