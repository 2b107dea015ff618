function maps = np_feature_maps(job, net, res)
%NP_FEATURE_MAPS The outputs of the layers that a job asks for.
%   MAPS = NP_FEATURE_MAPS(JOB, NET, RES) is a cell with one H x W x C x N array
%   for each of the job's features; RES is what NP_FORWARD returned.

maps = np_outputs(net, res, {job.features.layer});
end
